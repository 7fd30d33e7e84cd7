FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# The folder is made here because the final image has no shell to make it with.
RUN make build && mkdir /data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /src/bin/bordergraph /bordergraph
COPY --from=build --chown=nonroot:nonroot /data /data
ENV BORDERGRAPH_LISTEN=0.0.0.0:8080
WORKDIR /data
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/bordergraph"]
