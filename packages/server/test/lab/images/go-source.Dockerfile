FROM localhost/languages:1 AS build
COPY . /src
# With cgo the standard library is there, compiled.
RUN cd /src && GO111MODULE=off GOPATH=/opt/share/gocode CGO_ENABLED=1 go build -ldflags '-linkmode external -X main.version=1.2.0' -o /greeter .
FROM localhost/base:1
COPY --from=build /greeter /bin/greeter
COPY pages /srv/pages
WORKDIR /srv
CMD ["greeter"]
