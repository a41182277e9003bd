FROM node:22-slim AS app
WORKDIR /app
COPY spotify-redux-fe/package.json spotify-redux-fe/package-lock.json spotify-redux-fe/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY spotify-redux-fe .
RUN npm run build

FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
# libgomp1: FAISS's OpenMP runtime. gcc only where scikit-surprise has no wheel for the platform.
COPY requirements.txt .
RUN apt-get update \
 && apt-get install -y --no-install-recommends libgomp1 gcc libc6-dev \
 && pip install -r requirements.txt \
 && apt-get purge -y --auto-remove gcc libc6-dev \
 && rm -rf /var/lib/apt/lists/*
COPY . .
COPY --from=app /app/dist spotify-redux-fe/dist
RUN useradd --system --home /app redux && mkdir -p /data/artifacts && chown -R redux /data
USER redux
ENV ARTIFACTS_DIR=/data/artifacts COVERS_CACHE_DIR=/data/covers IMPORTS_DIR=/data/imports
EXPOSE 8000
CMD ["gunicorn", "-k", "uvicorn_worker.UvicornWorker", "-w", "3", "-b", "0.0.0.0:8000", "api:app"]
