FROM localhost/languages:1
COPY public /pages
WORKDIR /pages
STOPSIGNAL SIGINT
CMD exec php -S "$BIND_ADDRESS:$PORT" index.php
