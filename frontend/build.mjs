// Compiles styles, scripts, fonts and pictures into ui/static/ui/build/ (never committed).
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const goal = join(root, "ui/static/ui/build");
const work = `${goal}.new`;

rmSync(work, { recursive: true, force: true });
mkdirSync(join(work, "fonts"), { recursive: true });
mkdirSync(join(work, "images"));

for (const sheet of ["waymark", "pdf"]) {
  const { css } = compile(join(root, `frontend/${sheet}.scss`), {
    loadPaths: [modules, root], // MoJ Frontend asks for "node_modules/govuk-frontend/..."
    style: "compressed",
    quietDeps: true,
    logger: { warn: (message) => message.includes("`govuk-text-colour`") || console.warn(message) }, // MoJ Frontend's own
  });
  writeFileSync(join(work, `${sheet}.css`), css);
}

await build({
  entryPoints: { waymark: join(root, "frontend/waymark.js"), start: join(root, "frontend/start.js") },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2020"],
  outdir: work,
  legalComments: "eof",
  nodePaths: [modules],
  logLevel: "warning",
});

// Which fonts: the page's own in two weights, and Noto for the scripts that printed names need.
const fonts = [
  [/^atkinson-hyperlegible-next-(latin|latin-ext)-(400|700)-normal\.woff2$/, "atkinson-hyperlegible-next"],
  [/^noto-sans-(cyrillic|cyrillic-ext|greek|greek-ext|devanagari|vietnamese)-(400|700)-normal\.woff2$/, "noto-sans"],
  ...["arabic", "bengali", "ethiopic", "gujarati", "gurmukhi", "hebrew", "tamil"].map((script) => [
    new RegExp(`^noto-sans-${script}-${script}-(400|700)-normal\\.woff2$`),
    `noto-sans-${script}`,
  ]),
];
for (const [wanted, family] of fonts) {
  const folder = join(modules, "@fontsource", family, "files");
  const found = readdirSync(folder).filter((name) => wanted.test(name));
  if (found.length === 0) throw new Error(`No font files of ${family} match ${wanted}`);
  for (const name of found) copyFileSync(join(folder, name), join(work, "fonts", name));
}

const pictures = join(modules, "@ministryofjustice/frontend/moj/assets/images");
for (const name of readdirSync(pictures).filter((name) => /^icon-.*\.svg$/.test(name))) {
  copyFileSync(join(pictures, name), join(work, "images", name));
}

rmSync(goal, { recursive: true, force: true });
renameSync(work, goal);
console.log(`Compiled into ${goal}`);
