#include "engine/diff/value_difference.h"

#include <gtest/gtest.h>

#include "engine/report/change_report.h"
#include "tests/unit/diff/captured.h"

namespace rdbproof {
namespace {

using test::capture;
using test::field;
using test::item;
using test::member;
using test::scored;
using Elements = std::vector<Element>;
using Lines = std::vector<std::string>;
using Json = nlohmann::ordered_json;

class Compared {
 public:
  Compared(ValueType type, const Elements& a, const Elements& b,
           const DifferenceOptions& options = {})
      : a_(capture(a)), b_(capture(b)), difference(compare_values(type, a_, b_, options)) {}

  Lines lines(bool show_values = false) const {
    Lines lines;
    DifferenceStyle style;
    style.show_values = show_values;
    for (const Change& change : difference.changes) lines.push_back(render_change(change, style));
    return lines;
  }
  Json json(bool show_values = false) const {
    DifferenceStyle style;
    style.show_values = show_values;
    return changes_json(difference, style);
  }

 private:
  CapturedValue a_;
  CapturedValue b_;

 public:
  ValueDifference difference;
};

TEST(ValueDifferenceTest, Strings) {
  const std::string a(2048, 'x');
  std::string b(2050, 'x');
  b[112] = '\x1b';
  const Compared compared(ValueType::kString, {item(a)}, {item(b)});
  EXPECT_EQ(compared.lines(), Lines{"differs from byte 112 of 2,048 (2,050 in b)"});
  EXPECT_EQ(compared.lines(true)[0].find('\x1b'), std::string::npos);
  EXPECT_NE(compared.lines(true)[0].find("\\x1b"), std::string::npos);
  EXPECT_TRUE(Compared(ValueType::kJson, {item(a)}, {item(a)}).difference.is_empty());
  const Compared prefix(ValueType::kString, {item("ab")}, {item("abc")});
  EXPECT_EQ(prefix.lines(true), Lines{"differs from byte 2 of 2 (3 in b): \"\" -> \"c\""});
}

TEST(ValueDifferenceTest, HashFields) {
  const Elements a{field("same", "1"), field("gone", "22"), field("email", "a@b")};
  const Elements b{field("email", "longer@b"), field("new", "333"), field("same", "1")};
  const Compared compared(ValueType::kHash, a, b);
  EXPECT_EQ(compared.lines(),
            (Lines{R"(field "email" changed (3 to 8 bytes))", R"(field "gone" removed (2 bytes))",
                   R"(field "new" added (3 bytes))"}));
  EXPECT_EQ(compared.lines(true)[0], R"(field "email" changed: "a@b" -> "longer@b")");
  EXPECT_EQ(compared.difference.count(Subject::kField), (ChangeCounts{1, 1, 1}));
  EXPECT_EQ(compared.json()[0].dump(),
            R"({"change":"changed","what":"field","name":"email","before":{"bytes":3},)"
            R"("after":{"bytes":8}})");
  EXPECT_EQ(compared.json(true)[1]["before"]["value"], "22");
}

TEST(ValueDifferenceTest, FieldExpiry) {
  const Elements a{field("a", "1", 1000), field("b", "1"), field("c", "1", 5), field("d", "1", 9)};
  const Elements b{field("a", "1", 1500), field("b", "1", 7), field("c", "1"), field("d", "2", 9)};
  DifferenceOptions options;
  EXPECT_EQ(Compared(ValueType::kHash, a, b).lines(),
            (Lines{R"(field "d" changed (1 to 1 byte))", R"(field "a" expiry 1000 ms -> 1500 ms)",
                   R"(field "b" expiry 7 ms added)", R"(field "c" expiry 5 ms removed)"}));
  options.expiry_tolerance_ms = 499;
  EXPECT_EQ(Compared(ValueType::kHash, a, b, options).difference.total(), 4u);
  options.expiry_tolerance_ms = 500;
  EXPECT_EQ(Compared(ValueType::kHash, a, b, options).difference.total(), 3u);
  options.ignore_expiry = true;
  EXPECT_EQ(Compared(ValueType::kHash, a, b, options).lines(),
            Lines{R"(field "d" changed (1 to 1 byte))"});
}

TEST(ValueDifferenceTest, SetsAreMultisets) {
  const Compared compared(ValueType::kSet, {member("x"), member("x"), member("y")},
                          {member("y"), member("z"), member("x")});
  EXPECT_EQ(compared.lines(), (Lines{R"(member "x" removed)", R"(member "z" added)"}));
}

TEST(ValueDifferenceTest, MemberExpiriesOfKeyDb) {
  const Element early{ElementKind::kMemberExpiry, "m", {}, 1000};
  const Element late{ElementKind::kMemberExpiry, "m", {}, 2000};
  const Compared compared(ValueType::kSet, {member("m"), early}, {member("m"), late});
  EXPECT_EQ(compared.lines(), Lines{R"(member "m" expiry 1000 ms -> 2000 ms)"});
  EXPECT_EQ(Compared(ValueType::kSet, {member("m")}, {member("m"), late}).lines(),
            Lines{R"(member "m" expiry 2000 ms added)"});
  DifferenceOptions options;
  options.expiry_tolerance_ms = 1000;
  EXPECT_TRUE(Compared(ValueType::kSet, {early}, {late}, options).difference.is_empty());
}

TEST(ValueDifferenceTest, Scores) {
  const Compared compared(ValueType::kZset,
                          {scored("zero", 0.0), scored("x", 1), scored("gone", 2.5)},
                          {scored("zero", -0.0), scored("x", 0.1), scored("new", -1e300)});
  EXPECT_EQ(compared.lines(),
            (Lines{R"(member "gone" removed (score 2.5))", R"(member "new" added (score -1e+300))",
                   R"(member "x" score 1 -> 0.1)"}));
  EXPECT_EQ(compared.json()[2]["after"]["score"], "0.1");
}

TEST(ValueDifferenceTest, ShortListsHaveAnEditScript) {
  const Elements a{item("a"), item("b"), item("c"), item("d"), item("e")};
  const Elements b{item("a"), item("c"), item("X"), item("e"), item("f")};
  EXPECT_EQ(Compared(ValueType::kList, a, b).lines(),
            (Lines{"item 1 removed (1 byte)", "item 3 (2 in b) changed (1 to 1 byte)",
                   "item 4 added (1 byte)"}));
}

TEST(ValueDifferenceTest, ListsTooLongOrTooDifferent) {
  const Elements a{item("a"), item("b"), item("c"), item("d")};
  const Elements b{item("a"), item("x"), item("y"), item("z"), item("z")};
  DifferenceOptions options;
  options.most_script_items = 3;
  EXPECT_EQ(Compared(ValueType::kList, a, b, options).lines(),
            Lines{"differs from item 1 of 4 (5 in b)"});
  options.most_script_items = 10;
  options.most_script_edits = 6;
  EXPECT_EQ(Compared(ValueType::kList, a, b, options).lines(true),
            Lines{R"(differs from item 1 of 4 (5 in b): "b" -> "x")"});
  options.most_script_edits = 7;
  EXPECT_EQ(Compared(ValueType::kList, a, b, options).difference.count(Subject::kItem),
            (ChangeCounts{1, 0, 3}));
}

TEST(ValueDifferenceTest, CountsAreWholeBeyondTheBound) {
  DifferenceOptions options;
  options.most_changes = 10;
  const Elements many(100'000, item("x"));
  const Compared compared(ValueType::kList, many, {}, options);
  EXPECT_EQ(compared.difference.changes.size(), 10u);
  EXPECT_EQ(compared.difference.count(Subject::kItem), (ChangeCounts{0, 100'000, 0}));
  EXPECT_EQ(change_counts_json(compared.difference).dump(),
            R"({"item":{"added":0,"removed":100000,"changed":0}})");
}

Element entry(uint64_t ms) {
  return {ElementKind::kStreamEntry, {}, {}, ms, 1};
}
Element stream_field(Bytes name, Bytes value) {
  return {ElementKind::kStreamField, name, value};
}
Element last_id(uint64_t ms) {
  return {ElementKind::kStreamLastId, {}, {}, ms, 0};
}
Element group(Bytes name, uint64_t ms) {
  return {ElementKind::kStreamGroup, name, {}, ms, 0};
}
Element consumer(Bytes name) {
  return {ElementKind::kStreamConsumer, name};
}
Element pending(Bytes who, uint64_t ms, uint64_t deliveries) {
  return {ElementKind::kStreamPending, who, {}, ms, 1, deliveries};
}

TEST(ValueDifferenceTest, StreamEntries) {
  const Compared compared(
      ValueType::kStream,
      {entry(1), stream_field("a", "1"), entry(2), stream_field("a", "1"), stream_field("b", "2"),
       entry(3), stream_field("c", "3"), last_id(3)},
      {entry(2), stream_field("a", "1"), stream_field("b", "changed"), stream_field("c", "3"),
       entry(3), stream_field("c", "3"), entry(4), stream_field("d", "4"), last_id(9)});
  EXPECT_EQ(compared.lines(),
            (Lines{"entry 1-1 removed (1 field)", "entry 2-1 changed from field 1 of 2 (3 in b)",
                   "entry 4-1 added (1 field)", "last id 3-0 -> 9-0"}));
  EXPECT_EQ(compared.lines(true)[1],
            R"(entry 2-1 changed from field 1 of 2 (3 in b): "b" "2" -> "b" "changed")");
  EXPECT_EQ(compared.json(true)[1]["after"]["values"][2]["value"], "3");
  EXPECT_FALSE(compared.json()[1]["after"].contains("values"));
}

TEST(ValueDifferenceTest, FieldsOfAnEntryHaveAnOrder) {
  const Compared compared(ValueType::kStream,
                          {entry(1), stream_field("a", "1"), stream_field("b", "2")},
                          {entry(1), stream_field("b", "2"), stream_field("a", "1")});
  EXPECT_EQ(compared.lines(), Lines{"entry 1-1 changed from field 0 of 2"});
}

TEST(ValueDifferenceTest, GroupsConsumersAndPendingEntries) {
  const Compared compared(
      ValueType::kStream,
      {group("gone", 1), consumer("c"), group("g", 1), consumer("c"), pending("c", 1, 1),
       pending("c", 2, 1), pending("c", 4, 1), group("same", 1), consumer("c")},
      {group("same", 1), consumer("c"), group("g", 2), consumer("d"), pending("d", 1, 3),
       pending({}, 3, 1), pending("c", 4, 1), group("new", 1)});
  EXPECT_EQ(compared.lines(),
            (Lines{R"(group "g" last delivered 1-0 -> 2-0)",
                   R"(group "gone" removed (last delivered 1-0))",
                   R"(group "new" added (last delivered 1-0))", R"(group "g" consumer "c" removed)",
                   R"(group "g" consumer "d" added)",
                   R"(group "g" pending 1-1 changed (consumer "c", delivered 1 time -> )"
                   R"(consumer "d", delivered 3 times))",
                   R"(group "g" pending 2-1 removed (consumer "c", delivered 1 time))",
                   R"(group "g" pending 3-1 added (no consumer, delivered 1 time))"}));
  EXPECT_EQ(compared.json()[5]["group"], "g");
  EXPECT_EQ(compared.json()[5]["after"]["deliveries"], 3);
}

TEST(ValueDifferenceTest, Arrays) {
  const auto array_item = [](uint64_t index, Bytes text) {
    return Element{ElementKind::kArrayItem, text, {}, index};
  };
  const Element insert{ElementKind::kArrayInsertIndex, {}, {}, 5};
  const Compared compared(ValueType::kArray, {array_item(3, "x"), array_item(4, "y")},
                          {array_item(4, "yy"), array_item(5000, "z"), insert});
  EXPECT_EQ(compared.lines(), (Lines{"item 3 removed (1 byte)", "item 4 changed (1 to 2 bytes)",
                                     "item 5,000 added (1 byte)", "insert index 5 added"}));
}

TEST(ValueDifferenceTest, VectorSets) {
  const Element info{ElementKind::kVectorSetInfo, {}, {}, 3, 1, 2};
  const Element other_info{ElementKind::kVectorSetInfo, {}, {}, 3, 2, 2};
  const auto vector = [](Bytes name, Bytes data) {
    return Element{ElementKind::kVector, name, data};
  };
  const Element attribute{ElementKind::kVectorAttribute, "a", "{}"};
  const Compared compared(ValueType::kVectorSet, {info, vector("a", "123"), vector("b", "123")},
                          {other_info, vector("a", "124"), attribute, vector("c", "123")});
  EXPECT_EQ(
      compared.lines(),
      (Lines{"dimension and quantisation 3, 1 -> 3, 2",
             R"(element "a" vector changed (3 to 3 bytes))", R"(element "b" removed (3 bytes))",
             R"(element "c" added (3 bytes))", R"(element "a" attribute added (2 bytes))"}));
}

TEST(ValueDifferenceTest, Tokens) {
  const Element number{ElementKind::kToken, {}, {}, 1, 7};
  const Element text{ElementKind::kToken, "text", {}, 4};
  const Compared compared(ValueType::kModule, {number, text}, {number, number, text});
  EXPECT_EQ(compared.lines(), Lines{"differs from token 1 of 2 (3 in b)"});
  EXPECT_EQ(compared.lines(true), Lines{R"(differs from token 1 of 2 (3 in b): "text" -> 0x7)"});
  EXPECT_TRUE(Compared(ValueType::kSketch, {number, text}, {number, text}).difference.is_empty());
}

TEST(ValueDifferenceTest, NamesThatAreNotText) {
  const Compared compared(ValueType::kSet, {member("\xff\n")}, {});
  EXPECT_EQ(compared.lines(), Lines{R"(member "\xff\x0a" removed)"});
  EXPECT_EQ(compared.json()[0]["name_b64"], "/wo=");
  EXPECT_NO_THROW((void)compared.json().dump());
}

TEST(ValueDifferenceTest, LongValuesAreCutInJson) {
  const std::string text = "a\xc3\xa9z";
  const Compared compared(ValueType::kHash, {field("f", text)}, {});
  DifferenceStyle style;
  style.show_values = true;
  style.most_json = 2;
  const Json json = changes_json(compared.difference, style);
  EXPECT_EQ(json[0]["before"]["value"], "a") << "no half characters";
  EXPECT_EQ(json[0]["before"]["cut"], true);
}

}  // namespace
}  // namespace rdbproof
