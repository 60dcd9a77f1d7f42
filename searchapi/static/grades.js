// What each grade means, in the words that judges go by.

export const GRADES = [
  { grade: 0, name: "不相关", meaning: "不是要找的东西，出现在结果里会让人失望。" },
  { grade: 1, name: "沾边", meaning: "有点关系，但不是要买的：配件、替代品，或只是同一类目。" },
  { grade: 2, name: "还行", meaning: "是要找的那类商品，但有一处不合：颜色、规格、品牌、人群等。" },
  { grade: 3, name: "正是", meaning: "搜索的人要的就是这样的商品，提到的条件都符合。" },
];

export const RULES = [
  "只看商品是否符合搜索词，不看价格贵贱、图片好坏或自己喜不喜欢。",
  "搜索词没提到的，不算不合。",
  "拿不准就跳过，之后还可以回来。",
];
