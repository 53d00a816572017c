# docker build -t tenure .
# docker run --rm -v tenure-data:/data -v "$PWD/org.toml:/org.toml:ro" tenure apply /org.toml
# docker run -p 8080:8080 -v tenure-data:/data tenure

FROM rust:1.95-slim-bookworm AS build
# SQLite is compiled from C.
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --release --locked --package tenure && cp target/release/tenure /tenure

# Nothing is installed into it: TLS, SQLite and the time zones are inside the binary.
FROM debian:bookworm-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin tenure \
    && install --directory --mode 0700 --owner tenure --group tenure /data
COPY --from=build /tenure /usr/bin/tenure
COPY --from=build /src/LICENSE-APACHE /src/LICENSE-MIT /usr/share/doc/tenure/
USER tenure
VOLUME /data
EXPOSE 8080
# Health is asked over HTTP, from outside: GET /healthz, GET /readyz.
STOPSIGNAL SIGTERM
ENV TENURE_LISTEN=0.0.0.0:8080 TENURE_DATA_DIR=/data
ENTRYPOINT ["/usr/bin/tenure"]
CMD ["serve"]
