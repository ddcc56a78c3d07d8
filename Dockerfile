# syntax=docker/dockerfile:1
FROM rust:1.95-slim-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --bin quittance \
    && cp target/release/quittance /quittance

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/quittance --create-home quittance
COPY --from=build /quittance /usr/local/bin/quittance
USER quittance
ENV QUITTANCE_STATE=/var/lib/quittance \
    QUITTANCE_LISTEN=0.0.0.0:8080
VOLUME /var/lib/quittance
EXPOSE 8080
# The shell's own sockets, so that the image needs no HTTP client.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["quittance"]
CMD ["serve"]
