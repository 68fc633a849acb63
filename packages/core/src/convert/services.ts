/** The backing services that files of other platforms name. */
export type AddonType = "postgres" | "redis" | "mysql" | "s3";

/** Beginnings of the names that other platforms give to the backing services Hop3 has. */
const services: readonly (readonly [pattern: RegExp, type: AddonType])[] = [
  [/^(?:heroku-)?postgres(?:ql)?\b|^crunchy-?bridge|^crunchypostgres|^neon\b/, "postgres"],
  [/^(?:heroku-)?(?:redis|key-?value|valkey)\b|^(?:rediscloud|redistogo|upstash-redis)\b/, "redis"],
  [/^(?:mysql|mariadb)\b|^(?:cleardb|jawsdb)(?:-maria)?\b/, "mysql"],
  [/^(?:s3|minio|bucketeer|hdrive|tigris)\b/, "s3"],
];

/** The kind of addon behind the name of a service, such as `heroku-postgresql:mini`. */
export function addonType(name: string): AddonType | undefined {
  return services.find(([pattern]) => pattern.test(name.toLowerCase()))?.[1];
}

/** A name that an addon may have, made of one that another platform allows; undefined where nothing of it is left. */
export function addonNameFrom(text: string): string | undefined {
  const name = text.replace(/[^A-Za-z0-9_.-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
  return name === "" ? undefined : name.slice(0, 40);
}

/** The variable of an addon that holds what another platform calls a property of the service. */
export function addonVariable(type: AddonType, property: string): string | undefined {
  return variables[type][property];
}

const variables: Readonly<Record<AddonType, Readonly<Record<string, string>>>> = {
  postgres: {
    connectionString: "DATABASE_URL",
    host: "PGHOST",
    port: "PGPORT",
    user: "PGUSER",
    password: "PGPASSWORD",
    database: "PGDATABASE",
  },
  redis: { connectionString: "REDIS_URL" },
  mysql: { connectionString: "DATABASE_URL" },
  s3: {},
};

export const noSuchService =
  "Hop3 has postgres, redis, mysql and s3; run another one yourself and set its address with hop3 config set";
