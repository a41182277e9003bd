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
RUN useradd --system --home /app redux && mkdir -p /data/artifacts && chown -R redux /data
USER redux
ENV ARTIFACTS_DIR=/data/artifacts COVERS_CACHE_DIR=/data/covers IMPORTS_DIR=/data/imports
EXPOSE 8000
CMD ["gunicorn", "-k", "uvicorn_worker.UvicornWorker", "-w", "3", "-b", "0.0.0.0:8000", "api:app"]
