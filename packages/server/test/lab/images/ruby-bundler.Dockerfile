FROM localhost/languages:1
WORKDIR /app
ENV GEM_HOME=/gems BUNDLE_WITHOUT=development:test RACK_ENV=production LANG=C.UTF-8
COPY . .
RUN bundle install --local
CMD bundle exec ruby -ropenssl -S puma -b "tcp://$BIND_ADDRESS:$PORT"
