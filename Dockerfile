# The image that web, worker, beat and prepare run. Node compiles the front end and stays behind.

FROM node:22-bookworm-slim AS front-end
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit --no-fund
COPY frontend frontend
COPY ui ui
RUN npm run build

FROM python:3.11-slim-bookworm AS app
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
# What WeasyPrint loads to make PDFs; everything else comes in wheels.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements/app.txt requirements/app.txt
RUN pip install --require-hashes -r requirements/app.txt
COPY . .
COPY --from=front-end /build/ui/static/ui/build ui/static/ui/build
# Gathered with throw-away settings: nothing here is a secret, and nothing of them stays in the image.
RUN WAYMARK_MODE=production WAYMARK_SECRET_KEY=while-building WAYMARK_HOSTS=localhost \
    DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost \
    WAYMARK_FILE_KEYS=while-building:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= WAYMARK_FILES_FOLDER=/tmp \
    python manage.py collectstatic --noinput --verbosity 0
RUN useradd --system --no-create-home --shell /usr/sbin/nologin waymark \
    && install -d -m 0700 -o waymark /var/lib/waymark/files
USER waymark
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--workers", "3", "--timeout", "60", "--worker-tmp-dir", "/dev/shm"]
