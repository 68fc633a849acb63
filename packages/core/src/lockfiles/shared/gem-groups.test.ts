import { describe, expect, it } from "vitest";
import { developmentGems } from "./gem-groups.ts";

const needs = new Map<string, readonly string[]>([
  ["rails", ["rack"]],
  ["rack", []],
  ["rspec", ["rspec-core"]],
  ["rspec-core", []],
  ["debug", ["irb", "rack"]],
  ["irb", []],
]);
const direct = ["rails", "rspec", "debug"];

describe("gems that only development and tests need", () => {
  it.each([
    ["no Gemfile", undefined, []],
    ["no groups", 'gem "rails"\ngem "rspec"\ngem "debug"', []],
    [
      "a block",
      'gem "rails"\ngroup :development, :test do\n  gem "rspec"\n  gem "debug"\nend',
      ["debug", "irb", "rspec", "rspec-core"],
    ],
    [
      "a group of strings in brackets",
      'gem "rails"\ngem "debug"\ngroup("test") do\ngem "rspec"\nend',
      ["rspec", "rspec-core"],
    ],
    [
      "options",
      'gem "rails"\ngem "rspec", "~> 3", group: :test\ngem "debug", groups: [:development, "test"]',
      ["debug", "irb", "rspec", "rspec-core"],
    ],
    [
      "the old spelling",
      'gem "rails"\ngem "debug"\ngem "rspec", :group => :test',
      ["rspec", "rspec-core"],
    ],
    ["a group of ours as well", 'gem "rspec", groups: [:test, :worker]', []],
    ["a group of production", 'group :production do\n  gem "rspec"\nend', []],
    [
      "a block inside of a block",
      'group :test do\n  if ENV["X"]\n    gem "rspec"\n  end\n  gem "debug"\nend\ngem "rails"',
      ["debug", "irb", "rspec", "rspec-core"],
    ],
    ["after a block", 'group :test do\n  platforms :mri do\n  end\nend\ngem "rspec"', []],
    ["named twice", 'gem "rspec"\ngroup :test do\n  gem "rspec"\nend', []],
    ["a comment", 'group :test do # gem "rails"\n  gem "rspec"\nend', ["rspec", "rspec-core"]],
    ["gems that are computed", "gemspec\ngroup :test do\n  gems.each { |name| gem name }\nend", []],
  ])("%s", (_, gemfile, expected) => {
    expect([...developmentGems(gemfile, direct, needs)].sort()).toEqual(expected);
  });
});
