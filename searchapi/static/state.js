// The state of a search: what the address bar holds and what the API is asked. No DOM in here.
// searchapi/pages/shop_state.py reads and writes the same.
// The address uses the parameter names of GET /v1/search, so the two can be told from one another.

export const PAGE_SIZE = 24; // full rows in two, three and four columns
const MAX_DEPTH = 10000; // the API's limit of page x size
const MAX_QUERY_LENGTH = 300; // above the API's 256, so that its answer can say that it cut the query
const ATTRIBUTE = "attr.";

export const MAX_PAGE = Math.floor(MAX_DEPTH / PAGE_SIZE);
export const SORTS = ["relevance", "sales", "price_asc", "price_desc", "newest", "rating"];
export const FACETS = ["category", "brand", "price", "attributes"];

/** Return the state that an address describes; what makes no sense in it is left out. */
export function readState(search) {
  const given = new URLSearchParams(search);
  const attributes = new Map();
  for (const [name, value] of given) {
    const attribute = name.startsWith(ATTRIBUTE) ? name.slice(ATTRIBUTE.length) : "";
    if (!attribute || !value) continue;
    attributes.set(attribute, distinct([...(attributes.get(attribute) ?? []), value]));
  }
  let [priceFrom, priceTo] = [readPrice(given.get("price_gte")), readPrice(given.get("price_lte"))];
  if (priceFrom !== null && priceTo !== null && priceFrom > priceTo) [priceFrom, priceTo] = [priceTo, priceFrom];
  const page = Number(given.get("page"));
  return {
    query: (given.get("q") ?? "").trim().slice(0, MAX_QUERY_LENGTH),
    categories: distinct(given.getAll("category").filter(Boolean)),
    brands: distinct(given.getAll("brand").filter(Boolean)),
    priceFrom,
    priceTo,
    inStock: given.get("in_stock") === "true",
    attributes,
    sort: SORTS.includes(given.get("sort")) ? given.get("sort") : "relevance",
    correct: given.get("correct") !== "false",
    ignored: distinct(given.getAll("ignore").filter(Boolean)),
    debug: given.has("debug"),
    page: Number.isInteger(page) ? Math.min(Math.max(page, 1), MAX_PAGE) : 1,
  };
}

/** Return the address of a state. */
export function address(state) {
  const pairs = new URLSearchParams();
  if (state.query) pairs.append("q", state.query);
  for (const category of state.categories) pairs.append("category", category);
  for (const brand of state.brands) pairs.append("brand", brand);
  if (state.priceFrom !== null) pairs.append("price_gte", state.priceFrom);
  if (state.priceTo !== null) pairs.append("price_lte", state.priceTo);
  if (state.inStock) pairs.append("in_stock", "true");
  for (const [name, values] of state.attributes) {
    for (const value of values) pairs.append(ATTRIBUTE + name, value);
  }
  if (state.sort !== "relevance") pairs.append("sort", state.sort);
  if (!state.correct) pairs.append("correct", "false");
  for (const fact of state.ignored) pairs.append("ignore", fact);
  if (state.page > 1) pairs.append("page", state.page);
  if (state.debug) pairs.append("debug", "");
  const text = pairs.toString();
  return text ? `/?${text}` : "/";
}

/** Return the body of POST /v1/search for a state. */
export function toRequest(state) {
  const filters = {};
  if (state.categories.length) filters.category = state.categories;
  if (state.brands.length) filters.brand = state.brands;
  const price = {};
  if (state.priceFrom !== null) price.gte = state.priceFrom;
  if (state.priceTo !== null) price.lte = state.priceTo;
  if (Object.keys(price).length) filters.price = price;
  if (state.inStock) filters.in_stock = true;
  if (state.attributes.size) filters.attributes = Object.fromEntries(state.attributes);
  return {
    query: state.query, filters, facets: FACETS, sort: state.sort, page: state.page, size: PAGE_SIZE,
    correct: state.correct, ignore: state.ignored,
  };
}

/** Return a state with some fields changed, on its first page unless a page is given. */
export function change(state, fields) {
  return { ...state, page: 1, ...fields };
}

/** Return the state with a value put into its filter, or taken out where it was in. */
export function toggle(state, facet, value) {
  const flip = (values) => (values.includes(value) ? values.filter((other) => other !== value) : [...values, value]);
  if (facet === "brand") return change(state, { brands: flip(state.brands) });
  const attributes = new Map(state.attributes);
  const values = flip(attributes.get(facet) ?? []);
  if (values.length) attributes.set(facet, values);
  else attributes.delete(facet);
  return change(state, { attributes });
}

/** Return the state without filters; query and sort stay. */
export function withoutFilters(state) {
  return change(state, {
    categories: [], brands: [], priceFrom: null, priceTo: null, inStock: false, attributes: new Map(),
  });
}

/** Return the state for another query: filters and sort were chosen for the one before. */
export function ask(state, query) {
  return query === state.query ? change(state, {}) : { ...withoutFilters(state), query, sort: "relevance", correct: true, ignored: [] };
}

/** Return the active filters in the order of the facets: `name`, `value` and the state `without` it. */
export function activeFilters(state) {
  const active = [];
  for (const value of state.categories) {
    const categories = state.categories.filter((other) => other !== value);
    active.push({ name: "分类", value: value.split(">").at(-1), without: change(state, { categories }) });
  }
  if (state.priceFrom !== null || state.priceTo !== null) {
    const value = priceRange(state.priceFrom, state.priceTo);
    active.push({ name: "价格", value, without: change(state, { priceFrom: null, priceTo: null }) });
  }
  for (const value of state.brands) active.push({ name: "品牌", value, without: toggle(state, "brand", value) });
  for (const [name, values] of state.attributes) {
    for (const value of values) active.push({ name, value, without: toggle(state, name, value) });
  }
  if (state.inStock) active.push({ name: "库存", value: "仅看有货", without: change(state, { inStock: false }) });
  return active;
}

/** Return a price range in yuan in words; null is an open end. */
export function priceRange(from, to) {
  if (!from && to !== null) return `¥${to} 以下`;
  return to === null ? `¥${from} 以上` : `¥${from} – ${to}`;
}

function readPrice(text) {
  if (text === null || text.trim() === "") return null;
  const yuan = Number(text);
  return Number.isFinite(yuan) && yuan >= 0 ? Math.round(yuan * 100) / 100 : null;
}

function distinct(values) {
  return [...new Set(values)];
}
