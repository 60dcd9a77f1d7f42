// The HTTP API, and its failures in words for shoppers.

const TIMEOUT_MS = 15000; // a search takes milliseconds; after this the network is at fault

/** What went wrong, as `title` and `advice` to show; `detail` is the server's own word. */
export class ApiError extends Error {
  constructor(title, advice, { status = 0, detail = "" } = {}) {
    super(title);
    Object.assign(this, { title, advice, status, detail });
  }
}

/** Return the answer to a search; an aborted one rejects with an AbortError. */
export function search(body, signal) {
  return call("/v1/search", signal, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Return what a shopper may be about to type. */
export function suggest(typed, signal) {
  return call(`/v1/suggest?${new URLSearchParams({ q: typed })}`, signal);
}

/** Return a shelf of recommended products. */
export function recommend(kind, parameters) {
  return call(`/v1/recommend/${kind}?${new URLSearchParams(parameters)}`);
}

/** Return a product. */
export function product(id) {
  return call(`/v1/products/${encodeURIComponent(id)}`);
}

/** Return the JSON that an address answers, or throw an ApiError. */
export async function call(path, signal, options = {}) {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  let response;
  try {
    response = await fetch(path, { ...options, signal: signal ? AbortSignal.any([signal, limit]) : limit });
    if (response.ok) return await response.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (response?.ok) throw new ApiError("服务器的回答不完整", "请重试一次。");
    throw new ApiError("网络连接不上", "请检查网络后重试。");
  }
  throw await failure(response);
}

async function failure(response) {
  const problem = await response.json().catch(() => ({}));
  const facts = { status: response.status, detail: String(problem.detail ?? problem.title ?? "") };
  if (response.status === 503) {
    const seconds = Number(response.headers.get("Retry-After"));
    const advice = seconds > 0 ? `请在 ${seconds} 秒后重试。` : "请稍后重试。";
    return new ApiError("搜索服务暂时不可用", advice, facts);
  }
  if (response.status === 404) return new ApiError("没有找到", "可能已经下架，或者地址有误。", facts);
  if (response.status < 500) return new ApiError("搜索条件有误", "请去掉部分条件后重试。", facts);
  return new ApiError("服务器出错了", "请稍后重试。", facts);
}
