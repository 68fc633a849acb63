import { Role, UserRole } from "@hop3/core";
import { z } from "zod";
import type { Database } from "./database.ts";

export const User = z
  .object({
    id: z.int(),
    name: z.string(),
    password: z.string().optional(),
    totp: z.instanceof(Uint8Array).optional(),
    totp_step: z.int(),
    created_at: z.string(),
    signed_in_at: z.string().optional(),
  })
  .transform((row) => ({
    id: row.id,
    name: row.name,
    /** In the format of password hashes, `$argon2id$…`. */
    password: row.password,
    /** Sealed secret of the authenticator app, where one is in use. */
    totp: row.totp,
    /** The last time step whose code was accepted: none is accepted twice. */
    totpStep: row.totp_step,
    createdAt: row.created_at,
    signedInAt: row.signed_in_at,
  }));
export type User = z.infer<typeof User>;

const columns = "id, name, password, totp, totp_step, created_at, signed_in_at";
const RoleRow = z.object({ role: Role, app: z.string() });

/** People with their roles. Removing one takes tokens, sessions and passkeys along. */
export interface UserStore {
  all(): readonly User[];
  find(name: string): User | undefined;
  findById(id: number): User | undefined;
  add(name: string, password: string, at: string): User;
  remove(id: number): void;
  setPassword(id: number, password: string): void;
  signedIn(id: number, at: string): void;
  roles(id: number): readonly UserRole[];
  setRole(id: number, entry: UserRole): void;
  removeRole(id: number, app: string | undefined): void;
  /** How many have the role `owner` for all apps. */
  owners(): number;
  setTotp(id: number, sealed: Uint8Array | null): void;
  setTotpStep(id: number, step: number): void;
  setRecoveryCodes(id: number, hashes: readonly string[]): void;
  /** Takes the code away; false where there is none. */
  useRecoveryCode(id: number, hash: string): boolean;
}

export function makeUserStore(db: Database): UserStore {
  const findById: UserStore["findById"] = (id) =>
    db.get(User, `SELECT ${columns} FROM users WHERE id = ?`, id);
  return {
    all: () => db.all(User, `SELECT ${columns} FROM users ORDER BY name`),
    find: (name) => db.get(User, `SELECT ${columns} FROM users WHERE name = ?`, name),
    findById,
    add(name, password, at) {
      const sql = "INSERT INTO users (name, password, created_at) VALUES (?, ?, ?)";
      const user = findById(db.run(sql, name, password, at));
      if (user === undefined) throw new Error(`user ${name} was not stored`);
      return user;
    },
    remove: (id) => void db.run("DELETE FROM users WHERE id = ?", id),
    setPassword: (id, password) =>
      void db.run("UPDATE users SET password = ? WHERE id = ?", password, id),
    signedIn: (id, at) => void db.run("UPDATE users SET signed_in_at = ? WHERE id = ?", at, id),
    ...roleQueries(db),
    ...secondFactorQueries(db),
  };
}

function roleQueries(db: Database): Pick<UserStore, "roles" | "setRole" | "removeRole" | "owners"> {
  return {
    roles: (id) =>
      db
        .all(RoleRow, "SELECT role, app FROM roles WHERE user_id = ? ORDER BY app", id)
        .map(({ role, app }) => UserRole.parse(app === "" ? { role } : { role, app })),
    setRole: (id, { role, app }) => {
      const sql = `INSERT INTO roles (user_id, app, role) VALUES (?, ?, ?)
         ON CONFLICT (user_id, app) DO UPDATE SET role = excluded.role`;
      db.run(sql, id, app ?? "", role);
    },
    removeRole: (id, app) =>
      void db.run("DELETE FROM roles WHERE user_id = ? AND app = ?", id, app ?? ""),
    owners: () => {
      const sql = "SELECT count(*) AS n FROM roles WHERE app = '' AND role = 'owner'";
      return db.get(z.object({ n: z.int() }), sql)?.n ?? 0;
    },
  };
}

function secondFactorQueries(
  db: Database,
): Pick<UserStore, "setTotp" | "setTotpStep" | "setRecoveryCodes" | "useRecoveryCode"> {
  const Hash = z.object({ hash: z.string() });
  return {
    setTotp: (id, sealed) =>
      void db.run("UPDATE users SET totp = ?, totp_step = 0 WHERE id = ?", sealed, id),
    setTotpStep: (id, step) => void db.run("UPDATE users SET totp_step = ? WHERE id = ?", step, id),
    setRecoveryCodes: (id, hashes) =>
      db.transaction(() => {
        db.run("DELETE FROM recovery_codes WHERE user_id = ?", id);
        for (const hash of hashes) {
          db.run("INSERT INTO recovery_codes (user_id, hash) VALUES (?, ?)", id, hash);
        }
      }),
    useRecoveryCode: (id, hash) => {
      const sql = "DELETE FROM recovery_codes WHERE user_id = ? AND hash = ? RETURNING hash";
      return db.get(Hash, sql, id, hash) !== undefined;
    },
  };
}
