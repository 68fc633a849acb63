/** What a plug-in is written against; where one is loaded, the running program's own copy stands in for it. */
export * from "@hop3/core/plugin-api";
