# The portal's image: web, workers, beat and migrate are the same image with other commands.
ARG BASE=python:3.11-slim
FROM ${BASE}

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 DATA_DIR=/data TMPDIR=/data/tmp \
    UVICORN_PROXY_HEADERS=0 \
    PATH=/opt/portal/bin:$PATH

# Uploads wait in /data/tmp, on the disk of the vault: /tmp may be memory.
RUN useradd --system --uid 10001 --user-group --no-create-home portal \
    && install -d -o portal -g portal -m 0700 /data /data/tmp

WORKDIR /portal
COPY requirements/base.txt requirements/base.txt
RUN python3 -m venv /opt/portal && pip install --no-cache-dir --require-hashes -r requirements/base.txt

# No secret is in the image: all of them come from the environment when it starts.
COPY . .
USER portal
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': 'localhost', 'X-Forwarded-Proto': 'https'}), timeout=4)"]

CMD ["python", "-m", "uvicorn", "forensics_portal.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--lifespan", "off", "--timeout-graceful-shutdown", "3", "--no-access-log"]
