"""Does the web server of this container answer? For its health check: run as a file, without loading Waymark a second time.

It asks for the sign-in page as the proxy would, so that the database and the sessions behind it have to answer too.
"""

import http.client
import os
import sys

PORT, PATIENCE = 8000, 4.0  # seconds


def answers(port=PORT, environment=os.environ):
    """Whether a page comes back. A redirection is an answer, a refusal or an error is none."""
    host = environment.get("WAYMARK_HOSTS", "localhost").replace(",", " ").split()[0].lstrip(".*")
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        asked.request("GET", "/sign-in/", headers={"Host": host, "X-Forwarded-Proto": "https"})
        return asked.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


if __name__ == "__main__":
    sys.exit(0 if answers() else 1)
