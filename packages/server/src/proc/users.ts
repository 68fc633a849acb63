/** uid of the steps of local builds where the server is root: below those of Apps, so that no App owns what it runs. */
export const buildUid = 699_999;

/** uid of git and of its repositories where the server is root: what people push is not parsed by root. */
export const gitUid = 699_998;
