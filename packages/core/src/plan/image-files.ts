/** What an image is built from. Where both are there the first wins, as it does for podman. */
export const imageFiles = ["Containerfile", "Dockerfile"] as const;
