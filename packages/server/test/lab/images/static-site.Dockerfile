FROM localhost/base:1
COPY index.html /site/index.html
COPY css /site/css
WORKDIR /site
EXPOSE 8080
# The first process of a container gets only the signals that it asks for.
CMD ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 8080 -h /site & wait"]
