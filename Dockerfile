# Trailhound's bot. It needs a Redis of its own outside of the image:
#   docker run -v ./ids.config.yml:/app/ids.config.yml:ro \
#     -e REDIS_URL -e IDS_AUDIT_KEY -e SLACK_BOT_TOKEN -e SLACK_APP_TOKEN trailhound
FROM node:24-slim AS build
WORKDIR /app
COPY . .
RUN docker/build.sh

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/LICENSE ./LICENSE
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/rules ./rules
USER node
# Longer than the 25 s in which the bot drains after SIGTERM: docker stop --time 30, terminationGracePeriodSeconds: 30.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/bin/ids.js", "serve"]
