import { Link } from "wouter";
import { Page } from "../components/page.tsx";
import { Empty } from "../components/states.tsx";

export function NotFoundPage() {
  return (
    <Page title="Not found">
      <Empty title="There is no such page">
        <p>The address may be old, or an app may have been destroyed.</p>
        <Link href="/" className="button">
          To the apps
        </Link>
      </Empty>
    </Page>
  );
}
