# One image for every process of Reverie: `reverie up` by default, or `python -m api`, `python -m worker`,
# `reverie migrate` as docker-compose.yml starts them. Built from a checkout: `docker build -t reverie .`
# A CPU build of torch makes it small: `--build-arg TORCH_INDEX_URL=…`, the index that pytorch.org names for the CPU.

FROM node:24-bookworm-slim AS page
WORKDIR /reverie/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY openapi.json /reverie/
COPY docs/images /reverie/docs/images/
COPY web/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS packages
ARG TORCH_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/reverie
ENV PATH=/opt/reverie/bin:$PATH
RUN if [ -n "$TORCH_INDEX_URL" ]; then export PIP_INDEX_URL="$TORCH_INDEX_URL"; fi \
    && pip install torch==2.13.0
WORKDIR /reverie
COPY pyproject.toml requirements.lock ./
# What pyproject.toml asks for, before the code, so that a change of code installs none of it again.
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" \
        > needed.txt \
    && pip install --constraint requirements.lock --requirement needed.txt
COPY . .
COPY --from=page /reverie/web/dist web/dist
RUN pip install --no-deps .

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home reverie && install --directory --owner reverie --mode 0750 /data
COPY --from=packages /opt/reverie /opt/reverie
ENV PATH=/opt/reverie/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    REVERIE_DATA=/data \
    REVERIE_HOST=0.0.0.0 \
    REVERIE_PORT=8765
USER 10001
WORKDIR /tmp
VOLUME /data
EXPOSE 8765
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8765/readyz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["reverie", "up"]
