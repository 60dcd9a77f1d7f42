// Which attributes help a shopper to choose, and in which order. searchapi/pages/attribute_names.py says the same.

const FIRST_NAMES = ["颜色", "尺码", "适用人群", "适用性别", "规格", "容量", "内存", "材质", "风格", "版型", "功能"];
const UNNAMED = /^(?:products?|details?|attributes?|attr|props?|params?|data|info|other|spec|value|key|id|其他|其它)s?\d*$/i;
const VALUES_OF_CODES = 6; // from which on values that are hardly shared are numbers of articles
const ATTRIBUTE = "attributes.";

/** Return the names of the attributes among facets that help to narrow, those that help most first. */
export function facetNames(facets) {
  const names = Object.keys(facets).filter((name) => name.startsWith(ATTRIBUTE)).map((name) => name.slice(ATTRIBUTE.length));
  return inOrder(names.filter((name) => narrows(name, facets[ATTRIBUTE + name])));
}

/** Return whether a name is one of those that shoppers narrow by first. */
export function isFirst(name) {
  return FIRST_NAMES.includes(name);
}

/** Return the attributes in which variants differ, without names that only number them where others tell them apart. */
export function variantNames(variants) {
  const all = [...new Set(variants.flatMap((variant) => Object.keys(variant.attributes ?? {})))];
  let names = inOrder(all.filter((name) => !UNNAMED.test(name) && new Set(variants.map((one) => valuesOf(one, name))).size > 1));
  for (const name of [...names].reverse()) {
    const others = names.filter((other) => other !== name);
    if (!isFirst(name) && numbers(variants, name) && tellApart(variants, others)) names = others;
  }
  return names;
}

function inOrder(names) {
  const rank = (name) => (isFirst(name) ? FIRST_NAMES.indexOf(name) : FIRST_NAMES.length);
  return [...names].sort((a, b) => rank(a) - rank(b));
}

function narrows(name, values) {
  if (isFirst(name) || UNNAMED.test(name)) return isFirst(name);
  return values.length < VALUES_OF_CODES || values.filter((entry) => entry.count === 1).length * 10 < values.length * 9;
}

function numbers(variants, name) {
  const values = variants.map((variant) => valuesOf(variant, name));
  return new Set(values).size === values.length && values.every((value) => /\d/.test(value));
}

function tellApart(variants, names) {
  return new Set(variants.map((variant) => JSON.stringify(names.map((name) => valuesOf(variant, name))))).size === variants.length;
}

function valuesOf(variant, name) {
  return (variant.attributes?.[name] ?? []).join("、");
}
