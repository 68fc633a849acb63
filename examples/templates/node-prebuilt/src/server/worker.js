// Started where the app's own files are.
setInterval(() => {}, 60_000);
