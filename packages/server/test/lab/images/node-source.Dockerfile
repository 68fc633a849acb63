FROM localhost/languages:1
WORKDIR /app
COPY package.json package-lock.json ./
COPY npm-cache npm-cache
RUN npm ci --offline --cache npm-cache
COPY . .
RUN npm run build
ENV NODE_ENV=production
CMD ["node", "server.js"]
