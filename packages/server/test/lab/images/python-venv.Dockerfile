FROM localhost/languages:1
COPY app.py /srv/
WORKDIR /srv
CMD exec python3 -m gunicorn --bind "$BIND_ADDRESS:$PORT" app:app
