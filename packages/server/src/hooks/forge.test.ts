import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  forgejoPush,
  giteaPush,
  githubPush,
  gitlabPush,
  hexHmac,
  pullRequest,
  type SentDelivery,
  signByStandard,
} from "../../test/support/forge.ts";
import { deliveryName, eventName, readEvent } from "./forge-event.ts";
import { checkSignature, type RawDelivery } from "./forge-signature.ts";

const secret = `whsec_${Buffer.from("a secret of thirty-two bytes: it").toString("base64")}`;
const now = new Date("2026-11-23T12:00:00Z");
const seconds = now.getTime() / 1_000;
const commit = "c".repeat(40);

function raw({ headers, body }: SentDelivery): RawDelivery {
  return { headers: (name) => headers[name], body: Buffer.from(body) };
}

const signedPush: typeof gitlabPush = (push, key) =>
  signByStandard(gitlabPush(push, key), key, { seconds });

const pushes = [
  ["GitHub", githubPush],
  ["GitLab", gitlabPush],
  ["GitLab with a signing token", signedPush],
  ["Gitea", giteaPush],
  ["Forgejo", forgejoPush],
] as const;

describe.each(pushes)("a push told by %s", (_forge, make) => {
  const sent = make({ branch: "main", commit }, secret);

  it("is recognised and read", () => {
    checkSignature(raw(sent), secret, now);
    expect(eventName(raw(sent))).toBe("push");
    expect(deliveryName(raw(sent))).toMatch(/-1$/);
    expect(readEvent(raw(sent))).toEqual({ type: "push", branch: "main" });
  });

  it("is refused with another secret", () => {
    expect(() => checkSignature(raw(sent), "another", now)).toThrow(/not taken/);
  });

  it("tells of a branch that was deleted", () => {
    const deleted = make({ branch: "feature/x", commit: "0".repeat(40) }, secret);
    expect(readEvent(raw(deleted))).toEqual({ type: "deleted", branch: "feature/x" });
  });
});

describe("signatures", () => {
  it("hold for the body as it was sent, and for no other", () => {
    const sent = githubPush({ branch: "main", commit }, secret);
    fc.assert(
      fc.property(fc.nat(sent.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const body = Buffer.from(sent.body);
        body[at] = (body[at] ?? 0) ^ by;
        expect(() => checkSignature({ ...raw(sent), body }, secret, now)).toThrow(/not taken/);
      }),
    );
  });

  it.each([
    ["none at all", {}],
    ["an empty one", { "x-hub-signature-256": "" }],
    ["one of SHA-1 alone", { "x-hub-signature": "sha1=0123" }],
    ["the digest of nothing", { "x-hub-signature-256": `sha256=${hexHmac("", secret)}` }],
    ["an empty token", { "x-gitlab-token": "" }],
  ])("refuse %s", (_what, headers: Record<string, string>) => {
    const sent = { headers, body: "{}" };
    expect(() => checkSignature(raw(sent), secret, now)).toThrow(/not taken/);
  });
});

describe("a signing token of GitLab", () => {
  const push = gitlabPush({ branch: "main", commit }, secret);
  const sign = (at: number) => signByStandard(push, secret, { seconds: at });
  const check = (sent: SentDelivery) => () => checkSignature(raw(sent), secret, now);
  const changed = (headers: Record<string, string>): SentDelivery => {
    const sent = sign(seconds);
    return { ...sent, headers: { ...sent.headers, ...headers } };
  };

  it("holds as the specification's own example does", () => {
    const body = '{"test": 2432232314}';
    const headers: Record<string, string> = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    checkSignature(raw({ headers, body }), key, new Date(1_614_265_330_000));
  });

  it.each([-300, 0, 300])("holds %i seconds away", (away) => {
    expect(check(sign(seconds + away))).not.toThrow();
  });

  it.each([
    [-301, "it was signed 301 seconds ago"],
    [301, "it was signed 301 seconds ahead of the clock here"],
  ])("is refused %i seconds away", (away, reason) => {
    expect(check(sign(seconds + away))).toThrow(reason);
  });

  it("is one of several while secrets change", () => {
    const { headers } = sign(seconds);
    const signatures = `v1,AAAA v2,BBBB ${headers["webhook-signature"]}`;
    expect(check(changed({ "webhook-signature": signatures }))).not.toThrow();
  });

  it.each([
    ["another name", { "webhook-id": "other" }],
    ["another time", { "webhook-timestamp": String(seconds + 1) }],
    ["no time", { "webhook-timestamp": "" }],
    ["a time that is none", { "webhook-timestamp": "soon" }],
    ["an empty signature", { "webhook-signature": "" }],
    ["the secret for a signature", { "webhook-signature": secret }],
  ])("does not cover %s, whatever else the delivery has", (_what, headers) => {
    expect(check(changed(headers))).toThrow(/not taken/);
  });
});

describe("other events", () => {
  it("reads a form of GitHub's", () => {
    const { headers, body } = githubPush({ branch: "main", commit }, secret);
    const form = new URLSearchParams({ payload: body }).toString();
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const sent = raw({ headers: { ...headers, ...type }, body: form });
    expect(readEvent(sent)).toEqual({ type: "push", branch: "main" });
  });

  it.each(["open", "closed"] as const)("reads a pull request that is %s", (state) => {
    const own = pullRequest({ branch: "x", state, delivery: "1" }, secret);
    const fork = pullRequest({ branch: "x", state, delivery: "2", from: "eve/shop" }, secret);
    const expected = { type: "request", branch: "x", isOpen: state === "open" };
    expect(readEvent(raw(own))).toEqual({ ...expected, isFork: false });
    expect(readEvent(raw(fork))).toEqual({ ...expected, isFork: true });
  });

  it.each([
    { state: "opened", source: 15, isOpen: true, isFork: false },
    { state: "merged", source: 15, isOpen: false, isFork: false },
    { state: "opened", source: 16, isOpen: true, isFork: true },
  ])("reads a merge request that is $state, of project $source", (given) => {
    const { state, source, isOpen, isFork } = given;
    const attributes = {
      state,
      source_branch: "x",
      source_project_id: source,
      target_project_id: 15,
    };
    const body = JSON.stringify({ object_kind: "merge_request", object_attributes: attributes });
    const sent = raw({ headers: { "x-gitlab-event": "Merge Request Hook" }, body });
    expect(readEvent(sent)).toEqual({ type: "request", branch: "x", isOpen, isFork });
  });

  it.each([
    ["x-github-event", "star", "{}"],
    ["x-gitlab-event", "Tag Push Hook", "{}"],
    ["x-github-event", "push", JSON.stringify({ ref: "refs/tags/v1", after: commit })],
    [
      "x-github-event",
      "push",
      JSON.stringify({ ref: "refs/heads/--upload-pack=x", after: commit }),
    ],
    ["x-github-event", "push", JSON.stringify({ ref: "refs/heads/a..b", after: commit })],
  ])("lets %s %s be", (header, name, body) => {
    expect(readEvent(raw({ headers: { [header]: name }, body }))).toMatchObject({ type: "other" });
  });

  it.each(["", "{", "[]", "null", '{"ref": 3}'])("refuses the body %j", (body) => {
    const sent = raw({ headers: { "x-github-event": "push" }, body });
    expect(() => readEvent(sent)).toThrow(/cannot be understood/);
  });
});
