import { randomBytes } from "node:crypto";
import { appOfPreview, type Notice, type NoticeEvent, withoutGaps } from "@hop3/core";
import type { App } from "../db/apps.ts";
import type { NoticeAttempt, Receiver, ReceiverStore, StoredNotice } from "../db/receivers.ts";
import { toFailure } from "../deploy/errors.ts";
import type { Platform } from "../deploy/platform.ts";
import { publicUrl } from "../deploy/routes.ts";
import type { NewEvent } from "../observe/events.ts";
import { noticeNotFound, receiverNotFound, tooManyReceivers } from "./hook-errors.ts";
import { findOutside, parseOutsideUrl } from "./outside-address.ts";
import { sendMessage } from "./send.ts";

/** Tells receivers of Deployments, and again where one does not answer. */
export interface Notify {
  readonly store: ReceiverStore;
  /** The secret is told here and never again. */
  add(request: NewReceiver): Promise<{ receiver: Receiver; secret: string }>;
  require(app: App | undefined, id: string): Receiver;
  /** Tells one receiver of nothing, to see whether it answers. */
  test(receiver: Receiver): void;
  /** Tells it once more, from the first try on. */
  again(receiver: Receiver, id: number): void;
}

interface NewReceiver {
  /** undefined: of all Apps. */
  readonly app: App | undefined;
  readonly url: string;
  readonly events: readonly NoticeEvent[];
}

export interface NotifyParts {
  readonly platform: Platform;
  readonly store: ReceiverStore;
  readonly version: string;
}

const maxReceivers = 20;
const atOnce = 4;
/** From one try to the next; after the last the notice is given up. */
const waitSeconds = [2, 30, 300, 1_800, 7_200, 21_600];

export function makeNotify(parts: NotifyParts): Notify {
  const { platform, store } = parts;
  const { vault, settings } = platform;
  const wake = startSending(parts);
  const queue = (receiver: Receiver, notice: Notice): void => {
    const { event, at } = notice;
    store.queue({ receiverId: receiver.id, event, body: JSON.stringify(notice), at });
    wake();
  };
  platform.events.attach(({ event }) => {
    const notice = noticeOf(platform, event, event.at);
    if (notice === undefined) return;
    const found = concerned(platform, store, notice);
    for (const receiver of found) {
      if (receiver.events.includes(notice.event)) queue(receiver, notice);
    }
  }, platform.stopping);
  return {
    store,
    async add({ app, url: text, events }) {
      if (store.of(app?.id).length >= maxReceivers) throw tooManyReceivers({ limit: maxReceivers });
      const url = parseOutsideUrl(text);
      await findOutside(url, settings.hooks["internal-hosts"]);
      const id = randomBytes(8).toString("hex");
      const secret = randomBytes(32).toString("base64url");
      const sealed = vault.seal(secret, purposeOf(id));
      const createdAt = platform.now().toISOString();
      const receiver = { id, appId: app?.id, url: url.href, secret: sealed, events, createdAt };
      store.add(receiver);
      return { receiver, secret };
    },
    require(app, id) {
      const receiver = store.find(id);
      if (receiver === undefined || receiver.appId !== app?.id) {
        throw receiverNotFound({ receiver: id });
      }
      return receiver;
    },
    test: (receiver) => queue(receiver, { event: "test", at: platform.now().toISOString() }),
    again(receiver, id) {
      if (store.notice(receiver.id, id) === undefined) throw noticeNotFound({ notice: id });
      store.again(id, platform.now().toISOString());
      wake();
    },
  };
}

function purposeOf(id: string): string {
  return `receiver ${id}`;
}

/** Whoever hears of all Apps, of this one, or of the one that it is a preview of. */
function concerned({ apps }: Platform, store: ReceiverStore, notice: Notice): readonly Receiver[] {
  const named = [notice.app, notice.previewOf].flatMap((name) => {
    const app = name === undefined ? undefined : apps.find(name);
    return app === undefined ? [] : [app];
  });
  return [...store.of(undefined), ...named.flatMap(({ id }) => store.of(id))];
}

const ended: Readonly<Record<string, NoticeEvent>> = {
  failed: "deployment.failed",
  cancelled: "deployment.cancelled",
};

function kindOf({ kind, data }: NewEvent): NoticeEvent | undefined {
  if (kind === "deployment.queued" || kind === "deployment.live") return kind;
  return kind === "deployment.ended" ? ended[String(data?.["state"])] : undefined;
}

function noticeOf(platform: Platform, event: NewEvent, at: string): Notice | undefined {
  const kind = kindOf(event);
  const { app: name = "", deployment: id = 0 } = event;
  const app = platform.apps.find(name);
  const deployment = platform.deployments.find(id);
  if (kind === undefined || app === undefined || deployment === undefined) return undefined;
  const { release: number, failure } = deployment;
  const release = number === undefined ? undefined : platform.releases.find(app.id, number);
  const about = {
    id,
    kind: deployment.kind,
    release: number,
    revision: release?.sourceRevision,
    failure: failure && { code: failure.code, message: failure.message },
  };
  return {
    event: kind,
    at,
    app: name,
    ...withoutGaps({ previewOf: appOfPreview(name) }),
    url: publicUrl(platform, app),
    deployment: withoutGaps(about) as NonNullable<Notice["deployment"]>,
  };
}

/** Sends what is due, a few at once, and sleeps until the next is; what it returns wakes it. */
function startSending(parts: NotifyParts): () => void {
  const { platform, store } = parts;
  let timer: NodeJS.Timeout | undefined;
  let isSending = false;
  let isAsked = false;
  const plan = (): void => {
    const next = store.nextAt();
    if (next === undefined || platform.stopping.aborted) return;
    const wait = Math.max(0, Math.min(Date.parse(next) - platform.now().getTime(), 3_600_000));
    timer = setTimeout(wake, wait);
    timer.unref();
  };
  const sendAll = async (): Promise<void> => {
    for (;;) {
      const due = store.due(platform.now().toISOString(), atOnce);
      if (due.length === 0 || platform.stopping.aborted) return;
      await Promise.all(due.map((notice) => sendOne(parts, notice)));
    }
  };
  const run = async (): Promise<void> => {
    isSending = true;
    do {
      isAsked = false;
      await sendAll();
    } while (isAsked && !platform.stopping.aborted);
    isSending = false;
    plan();
  };
  const wake = (): void => {
    isAsked = true;
    clearTimeout(timer);
    if (isSending || platform.stopping.aborted) return;
    run().catch((error: unknown) => {
      isSending = false;
      if (!platform.stopping.aborted) platform.log.write("error", "notify", { error });
    });
  };
  platform.stopping.addEventListener("abort", () => clearTimeout(timer), { once: true });
  wake();
  return wake;
}

async function sendOne({ platform, store, version }: NotifyParts, notice: StoredNotice) {
  const receiver = store.find(notice.receiverId);
  if (receiver === undefined) return;
  const { vault, settings, stopping: signal } = platform;
  const secret = vault.open(receiver.secret, purposeOf(receiver.id));
  const { id, event, body } = notice;
  const message = { id, event, body, secret, url: receiver.url, at: platform.now() };
  const internalHosts = settings.hooks["internal-hosts"];
  const attempt = await sendMessage(message, { internalHosts, version, signal }).then(
    (status) => judge(notice, platform.now(), { status }),
    (error: unknown) => judge(notice, platform.now(), { reason: describe(error) }),
  );
  // One that was cut off by the end of the server was not tried.
  if (!signal.aborted) store.tried(id, attempt);
}

function describe(error: unknown): string {
  if (error instanceof Error && error.name === "TimeoutError") return "it has not answered in time";
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return `${error.code}: ${error.message}`.slice(0, 500);
  }
  return toFailure(error).message.slice(0, 500);
}

function judge(
  { attempts }: StoredNotice,
  now: Date,
  answer: { readonly status?: number; readonly reason?: string },
): NoticeAttempt {
  const { status = 0 } = answer;
  if (status >= 200 && status < 300) return { state: "delivered", status };
  const reason = answer.reason ?? `it has answered ${status}`;
  const wait = waitSeconds[attempts];
  if (wait === undefined) return { state: "failed", ...answer, reason };
  const nextAt = new Date(now.getTime() + wait * 1_000).toISOString();
  return { state: "waiting", nextAt, ...answer, reason };
}
