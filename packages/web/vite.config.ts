import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ["hop3-source", "module", "browser", "default"] },
  build: {
    outDir: "dist/page",
    emptyOutDir: true,
    target: "es2022",
    // The content policy of the page allows files of the server only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
