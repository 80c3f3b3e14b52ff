// The tree keeps every number's text, and says where something is not as expected.
#include "kit/exact_json.hpp"

#include "kit/testing/mutator.hpp"

#include <gmock/gmock.h>

#include <functional>

namespace kit {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string said(const std::function<void()> &f) {
  try {
    f();
  } catch (const tapedeck::Error &e) {
    EXPECT_EQ(e.code(), TDK_BAD_DATA);
    return e.what();
  }
  return "nothing";
}

TEST(ExactJson, NumbersKeepTheirText) {
  const ExactJson tree(R"({"p":1.5e-05,"q":0.1,"r":-7,"s":12345678901234567890,"t":4.10})", "x");
  EXPECT_EQ(tree.root()["p"].number(), "1.5e-05");
  EXPECT_EQ(tree.root()["p"].decimal().mantissa, 15);
  EXPECT_EQ(tree.root()["p"].decimal().exp, -6);
  EXPECT_EQ(tree.root()["q"].number(), "0.1");
  EXPECT_EQ(tree.root()["r"].whole_number(), -7);
  EXPECT_EQ(tree.root()["s"].number(), "12345678901234567890");
  EXPECT_EQ(tree.root()["t"].number(), "4.10");
}

TEST(ExactJson, ReadsTextsDecimalsAndNulls) {
  const ExactJson tree(R"({"a\n":"\u20ac \"x\"","d":"12.50","n":null,"yes":true,"no":false})", "x");
  EXPECT_EQ(tree.root()["a\n"].text(), "\xe2\x82\xac \"x\"");
  EXPECT_EQ(tree.root()["d"].decimal().mantissa, 125);
  EXPECT_FALSE(tree.root()["n"].exists());
  EXPECT_FALSE(tree.root()["n"].absent());
  EXPECT_EQ(tree.root()["n"].text_or("-"), "-");
  EXPECT_EQ(tree.root()["m"].whole_number_or(3), 3);
  EXPECT_TRUE(tree.root()["yes"].boolean());
  EXPECT_FALSE(tree.root()["no"].boolean());
}

TEST(ExactJson, WalksArraysAndObjectsInOrder) {
  const ExactJson tree(R"({"a":[1,[2,{"x":3}],{}],"b":{"c":[],"d":4}})", "x");
  std::vector<std::string> keys;
  for (const JsonValue member : tree.root().children()) keys.emplace_back(member.key());
  EXPECT_THAT(keys, ElementsAre("a", "b"));
  EXPECT_EQ(tree.root()["a"].size(), 3U);
  EXPECT_EQ(tree.root()["b"]["c"].size(), 0U);
  EXPECT_EQ(tree.root()["b"]["d"].whole_number(), 4);
  EXPECT_EQ((*tree.root()["a"].children().begin()).whole_number(), 1);
}

TEST(ExactJson, NamesThePlaceOfWhatIsWrong) {
  const ExactJson tree(R"({"rows":[{"c":"1"},{"c":"abc","v":1.5,"e":"1e-30"}],"s":"t"})", "here");
  const auto row = [&](int i) {
    auto it = tree.root()["rows"].children().begin();
    for (; i > 0; --i) ++it;
    return *it;
  };
  EXPECT_EQ(said([&] { row(1)["c"].decimal(); }), "here: rows[1].c is not a decimal: 'abc'");
  EXPECT_EQ(said([&] { row(1)["e"].decimal(); }),
            "here: rows[1].e has more decimals than int64 holds: '1e-30'");
  const ExactJson doubles(R"([12.0, 1.2e1, 1.7144028E+12, 120e-1, 0.0])", "here");
  std::vector<std::int64_t> whole;
  for (const JsonValue each : doubles.root().children()) whole.push_back(each.whole_number());
  EXPECT_EQ(whole, (std::vector<std::int64_t>{12, 12, 1'714'402'800'000, 12, 0}));
  EXPECT_EQ(said([&] { row(1)["v"].whole_number(); }),
            "here: rows[1].v is not a whole number that int64 holds: '1.5'");
  EXPECT_EQ(said([&] { row(0)["v"].decimal(); }), "here: rows[0].v is missing");
  EXPECT_EQ(said([&] { tree.root()["a"]["b"].text(); }), "here: a is missing");
  EXPECT_EQ(said([&] { tree.root()["s"].whole_number(); }), "here: s is not a number");
  EXPECT_EQ(said([&] { tree.root()["rows"].text(); }), "here: rows is not a string");
  EXPECT_EQ(said([&] { tree.root()["s"].children(); }),
            "here: s is neither an object nor an array");
  EXPECT_EQ(said([&] { tree.root().text(); }), "here: the answer is not a string");
}

TEST(ExactJson, RefusesWhatIsNoJson) {
  const auto built = [](std::string_view body) { return said([&] { ExactJson(body, "here"); }); };
  EXPECT_THAT(built(""), HasSubstr("here: not JSON ("));
  EXPECT_THAT(built("<html>"), HasSubstr("it begins with '<html>'"));
  EXPECT_THAT(built("{\"a\":1"), HasSubstr("not JSON"));
  EXPECT_THAT(built("{} {}"), HasSubstr("more after the end"));
  EXPECT_THAT(built("{\"a\":\"\xff\"}"), HasSubstr("not JSON"));
  EXPECT_THAT(built("[01]"), HasSubstr("not JSON"));
}

TEST(ExactJson, HasLimitsOfDepthAndSize) {
  const auto deep = [](int levels) {
    return std::string(static_cast<std::size_t>(levels), '[') +
           std::string(static_cast<std::size_t>(levels), ']');
  };
  EXPECT_EQ(said([&] { ExactJson(deep(32), "x"); }), "nothing");
  EXPECT_THAT(said([&] { ExactJson(deep(33), "x"); }), HasSubstr("nested deeper than 32 levels"));
  EXPECT_EQ(said([] { ExactJson("[1,2,3]", "x", {32, 4}); }), "nothing");
  EXPECT_THAT(said([] { ExactJson("[1,2,3]", "x", {32, 3}); }), HasSubstr("more than 3 values"));
}

TEST(ExactJson, NothingButBadDataComesOfDamagedTexts) {
  const std::string valid =
      R"({"a":[{"t":1700000000,"c":"1.25","e":1.5e-05},{"t":null}],"s":"\u20ac"})";
  EXPECT_GT(test::refused_of(10'000, valid,
                             [](std::string_view text) {
                               const ExactJson tree(text, "x");
                               for (const JsonValue row : tree.root()["a"].children())
                                 (void)row["c"].decimal();
                             }),
            5'000);
}

}  // namespace
}  // namespace kit
