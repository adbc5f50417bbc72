// The call goes from the browser, so that it takes the very way that a client's call takes.
export async function send(secret, body) {
  const started = performance.now();
  const answer = await fetch("/v1/messages", {
    method: "POST",
    headers: { "x-api-key": secret, "content-type": "application/json", "anthropic-version": "2023-06-01" },
    body,
  });
  const said = await answer.json().catch(() => null);
  return {
    ok: answer.ok,
    title: answer.ok ? `Answered by ${said?.model}` : `Refused with ${answer.status}`,
    text: answer.ok ? said?.content?.[0]?.text ?? "" : said?.error?.message ?? "The answer was not JSON.",
    request: answer.headers.get("request-id"),
    milliseconds: Math.round(performance.now() - started),
  };
}
