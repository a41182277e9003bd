# docker build --target serve .   the API, the web app and the operator's commands; nothing that learns
# docker build --target backup .  the same, and PostgreSQL's own tools
# docker build --target train .   all of it: main.py and build_vector_db.py as well
#
# Bases are pinned by tag. To pin them by content as well, add the digest that `docker buildx imagetools inspect` prints.
ARG PYTHON=python:3.12.11-slim-trixie
ARG NODE=node:22.20.0-slim

# the app's libraries: on these the development stack runs Expo
FROM ${NODE} AS app
WORKDIR /app
RUN chown node:node /app
USER 1000
COPY --chown=node:node spotify-redux-fe/package.json spotify-redux-fe/package-lock.json spotify-redux-fe/.npmrc ./
RUN npm ci --no-audit --no-fund

FROM app AS web
COPY --chown=node:node spotify-redux-fe .
RUN npm run build

# what all images of ours share: who runs, where data lies, how code finds it
FROM ${PYTHON} AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/app PATH=/venv/bin:$PATH \
    ARTIFACTS_DIR=/data/artifacts COVERS_CACHE_DIR=/data/covers IMPORTS_DIR=/data/imports \
    HOME=/tmp MPLCONFIGDIR=/tmp
WORKDIR /app
# libgomp1: FAISS's OpenMP runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 libjemalloc2 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --home-dir /tmp --no-create-home redux \
 && install -d -o redux -g redux /data /data/artifacts /data/covers /data/imports /data/backups
VOLUME /data
# an allocator that gives back what glibc's keeps around answers that come and go; by itself it has four pools a processor
ENV LD_PRELOAD=libjemalloc.so.2 MALLOC_CONF=narenas:2

FROM ${PYTHON} AS serve-libraries
WORKDIR /build
COPY requirements-serve.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements-serve.txt

# gcc only where scikit-surprise has no wheel for the platform
FROM ${PYTHON} AS train-libraries
WORKDIR /build
RUN apt-get update \
 && apt-get install -y --no-install-recommends gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM base AS train
COPY --from=train-libraries /venv /venv
COPY . .
# whatever the umask was under which this was cloned
RUN chmod -R a+rX /app
USER 10001
CMD ["sh", "deploy/retrain.sh"]

FROM base AS serve-code
COPY --from=serve-libraries /venv /venv
COPY alembic.ini api.py db.py errors.py gunicorn.conf.py metadata.py models.py setting_types.py settings.py threads.py ./
COPY artifact_set artifact_set
COPY catalog catalog
COPY covers covers
COPY deploy deploy
COPY history history
COPY migrations migrations
COPY ops ops
COPY serving serving
RUN chmod -R a+rX /app

FROM serve-code AS backup
RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/*
USER 10001
CMD ["sh", "deploy/backup.sh"]

# The root may be read-only: /data is written to, and /tmp, which may be a tmpfs.
FROM serve-code AS serve
COPY --from=web /app/dist spotify-redux-fe/dist
USER 10001
EXPOSE 8000
# SIGTERM: requests under way are finished
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --start-interval=1s --retries=3 \
    CMD ["python", "-m", "ops.health"]
CMD ["gunicorn", "-b", "0.0.0.0:8000", "api:app"]
