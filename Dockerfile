FROM python:3.12-slim-bookworm AS build
WORKDIR /src
RUN python -m venv /opt/primerka
COPY pyproject.toml README.md LICENSE ./
COPY primerka primerka
# The CPU build of PyTorch: the shop needs no GPU, and the image is a few gigabytes smaller.
RUN /opt/primerka/bin/pip install --no-cache-dir torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu \
 && /opt/primerka/bin/pip install --no-cache-dir '.[service]' \
 && PRIMERKA_CACHE=/opt/primerka/models /opt/primerka/bin/primerka weights fetch

FROM python:3.12-slim-bookworm
COPY --from=build /opt/primerka /opt/primerka
RUN useradd --create-home --uid 1000 shop && mkdir /data && chown shop /data
USER shop
ENV PATH=/opt/primerka/bin:$PATH PRIMERKA_CACHE=/opt/primerka/models PRIMERKA_HOME=/data PRIMERKA_HOST=0.0.0.0 NUMBA_CACHE_DIR=/tmp/numba
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --start-period=60s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz')"]
CMD ["primerka", "serve"]
