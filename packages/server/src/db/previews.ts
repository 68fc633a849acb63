import { z } from "zod";
import type { Database } from "./database.ts";

export const Preview = z
  .object({
    app_id: z.int(),
    parent_id: z.int(),
    branch: z.string(),
    commit_id: z.string().optional(),
    created_at: z.string(),
    pushed_at: z.string(),
    expires_at: z.string().optional(),
  })
  .transform((row) => ({
    /** The App that shows the branch. */
    appId: row.app_id,
    /** The App that it is a branch of. */
    parentId: row.parent_id,
    branch: row.branch,
    /** What was deployed last. */
    commit: row.commit_id,
    createdAt: row.created_at,
    pushedAt: row.pushed_at,
    /** undefined: it stays until somebody removes it, or the branch. */
    expiresAt: row.expires_at,
  }));
export type Preview = z.infer<typeof Preview>;

const columns = "app_id, parent_id, branch, commit_id, created_at, pushed_at, expires_at";

/** Apps that show a branch of another App, and how long they stay. */
export interface PreviewStore {
  ofParent(parentId: number): readonly Preview[];
  ofBranch(parentId: number, branch: string): Preview | undefined;
  ofApp(appId: number): Preview | undefined;
  add(preview: Preview): void;
  pushed(appId: number, at: string, expiresAt: string): void;
  deployed(appId: number, commit: string): void;
  setExpiry(appId: number, expiresAt: string | undefined): void;
  expired(now: string): readonly Preview[];
}

export function makePreviewStore(db: Database): PreviewStore {
  const select = `SELECT ${columns} FROM previews WHERE`;
  return {
    ofParent: (id) => db.all(Preview, `${select} parent_id = ? ORDER BY branch`, id),
    ofBranch: (id, branch) => db.get(Preview, `${select} parent_id = ? AND branch = ?`, id, branch),
    ofApp: (id) => db.get(Preview, `${select} app_id = ?`, id),
    add(preview) {
      const { appId, parentId, branch, createdAt, pushedAt, expiresAt = null } = preview;
      const sql = `INSERT INTO previews (app_id, parent_id, branch, created_at, pushed_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?)`;
      db.run(sql, appId, parentId, branch, createdAt, pushedAt, expiresAt);
    },
    // One that is kept stays so, however often it is pushed.
    pushed(appId, at, expiresAt) {
      const sql = `UPDATE previews SET pushed_at = ?1,
        expires_at = CASE WHEN expires_at IS NULL OR expires_at > ?2 THEN expires_at ELSE ?2 END
        WHERE app_id = ?3`;
      db.run(sql, at, expiresAt, appId);
    },
    deployed: (appId, commit) =>
      void db.run("UPDATE previews SET commit_id = ? WHERE app_id = ?", commit, appId),
    setExpiry: (appId, expiresAt) =>
      void db.run("UPDATE previews SET expires_at = ? WHERE app_id = ?", expiresAt ?? null, appId),
    expired: (now) => db.all(Preview, `${select} expires_at <= ?`, now),
  };
}
