/** uid of the steps of local builds where the server is root: below those of Apps, so that no App owns what it runs. */
export const buildUid = 699_999;
