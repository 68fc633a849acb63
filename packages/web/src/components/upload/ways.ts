/** A part of the page for new apps. */
export interface WayProps {
  /** The app that gets a new version; without it the name is asked for. */
  readonly app?: string | undefined;
}

/** Where an app gets new files. */
export function newVersionOf(app: string): string {
  return `/new?app=${encodeURIComponent(app)}`;
}
