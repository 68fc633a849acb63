FROM localhost/languages:1 AS pages
COPY . /src
RUN cd /src && node pages/build.mjs
FROM localhost/languages:1
COPY app.py /app/
COPY --from=pages /src/dist /app/dist
WORKDIR /app
STOPSIGNAL SIGINT
CMD ["python3", "app.py"]
