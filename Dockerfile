# docker build -t whichcompute .
# docker run --rm -it -u "$(id -u):$(id -g)" -v "$PWD:/work" whichcompute recommend workload.yaml
FROM python:3.13-slim AS build
WORKDIR /src
COPY . .
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels whichcompute && useradd --create-home user
USER user
WORKDIR /work
ENTRYPOINT ["whichcompute"]
CMD ["--help"]
