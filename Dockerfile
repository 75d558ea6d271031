# docker build -t lockkeeper .     (docs/operations.md)
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
# etcd and kube-apiserver, which judge manifests: the official archive, held against its checksum.
RUN XDG_CACHE_HOME=/cache node bin/lockkeeper.js apiserver setup
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates git tini \
 && rm -rf /var/lib/apt/lists/* \
 && mkdir /data && chown 10001:10001 /data
WORKDIR /app
COPY --from=build /build/package.json /build/app.schema.json ./
COPY --from=build /build/bin bin
COPY --from=build /build/dist dist
COPY --from=build /build/environments-template environments-template
COPY --from=build /build/docs docs
COPY --from=build /build/docs docs
COPY --from=build /build/node_modules node_modules
COPY --from=build /cache cache
ENV XDG_CACHE_HOME=/app/cache
# Nothing is written but /data and /tmp: run it with a read-only root file system.
USER 10001:10001
VOLUME /data
EXPOSE 3000
ENTRYPOINT ["tini", "--", "node", "/app/bin/lockkeeper.js"]
CMD ["serve", "--config", "/etc/lockkeeper/app.yml"]
