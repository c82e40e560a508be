// SPDX-License-Identifier: MIT
#include <eventsourcing/testing/schema_lock.hpp>

#include <eventsourcing/core/event_family.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/sha256.hpp>

#include "catch.hpp"
#include "folder.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace es = eventsourcing;

namespace schema_lock_tests {
/// What writes itself, as two programs have it.
namespace first {
class Money {
public:
    static constexpr int layout = 1;
    Money() {}
    friend void to_json(nlohmann::json&, const Money&);
    friend void from_json(const nlohmann::json&, Money&);
};
} // namespace first
namespace second {
class Money {
public:
    static constexpr int layout = 2;
    Money() {}
    friend void to_json(nlohmann::json&, const Money&);
    friend void from_json(const nlohmann::json&, Money&);
};
} // namespace second
} // namespace schema_lock_tests

namespace {
namespace combat {
consteval es::EventFamily event_family(const auto&) {
    return {.name = "combat", .source = "events://example.org/combat"};
}
struct Attack {};
struct State {
    std::string entity_id;
    es::Generation generation{};
};
template <class Part>
struct OfState {
    std::string entity_id;
    Part part{};
    es::Generation generation{};
};
struct OtherState {
    std::string entity_id;
    std::uint32_t hitpoints = 0;
    es::Generation generation{};
};

/// One aggregate, as different programs have it.
template <class S, class... Es>
struct Combat {
    using Command = Attack;
    using Event = std::variant<Es...>;
    using State = S;
    static void apply_event(State& s, const Event&) { s.entity_id += "x"; }
    static es::Nothing handle_command(const State&, const Attack&) { return es::nothing; }
};
template <class... Es>
using With = Combat<State, Es...>;
struct Account : With<struct Died> {};

#define ATTACKED                                                                                   \
    static constexpr std::string_view event_type = "combat.attacked";                              \
    static constexpr std::string_view event_type_version = "2.0"

enum class Kind { blunt, sharp };
enum class MoreKinds { blunt, sharp, magic };
enum class FewerKinds { blunt };
enum class OtherOrder { sharp, blunt };

struct Died {
    std::string entity_id;
};
struct Attacked {
    ATTACKED;
    std::uint32_t damage;
    std::optional<std::string> note;
};
struct Signed {
    ATTACKED;
    std::int32_t damage;
    std::optional<std::string> note;
};
struct Wider {
    ATTACKED;
    std::uint64_t damage;
    std::optional<std::string> note;
};
struct Narrower {
    ATTACKED;
    std::uint16_t damage;
    std::optional<std::string> note;
};
struct Text {
    ATTACKED;
    std::string damage;
    std::optional<std::string> note;
};
struct Renamed {
    ATTACKED;
    std::uint32_t points;
    std::optional<std::string> note;
};
struct WithOptional {
    ATTACKED;
    std::uint32_t damage;
    std::optional<std::string> note;
    std::optional<std::string> weapon;
};
struct WithRequired {
    ATTACKED;
    std::uint32_t damage;
    std::optional<std::string> note;
    std::string weapon;
};
struct WithoutNote {
    ATTACKED;
    std::uint32_t damage;
};
struct Required {
    ATTACKED;
    std::uint32_t damage;
    std::string note;
};
struct AllOptional {
    ATTACKED;
    std::optional<std::uint32_t> damage;
    std::optional<std::string> note;
};
struct OtherFieldOrder {
    ATTACKED;
    std::optional<std::string> note;
    std::uint32_t damage;
};
struct WithAlias {
    ATTACKED;
    static constexpr std::array event_type_aliases{std::string_view("combat.hit")};
    std::uint32_t damage;
    std::optional<std::string> note;
};
struct Tagged {
    ATTACKED;
    std::uint32_t damage;
    std::optional<std::string> note;
    std::vector<std::string> event_tags() const { return {"entity:" + note.value_or("")}; }
};
struct Untagged {
    std::string entity_id;
    std::vector<std::string> event_tags() const { return {}; }
};
struct NewVersion {
    static constexpr std::string_view event_type = "combat.attacked";
    static constexpr std::string_view event_type_version = "3.0";
    std::string weapon;
    static NewVersion upcast(const Attacked&) { return {"fists"}; }
};
struct WithoutUpcast {
    static constexpr std::string_view event_type = "combat.attacked";
    static constexpr std::string_view event_type_version = "3.0";
    std::string weapon;
};
template <class K>
struct Of {
    ATTACKED;
    K kind;
};
template <class K>
struct Deep {
    struct Blow {
        K kind;
        std::map<std::string, std::vector<K>> parts;
    };
    ATTACKED;
    std::variant<K, Blow> blow;
};
/// An event whose type is renamed, in two releases (docs/guides/changing_events.md).
namespace original {
using combat::event_family;
struct Hit {
    std::uint32_t damage;
};
struct Struck {
    std::uint32_t damage;
};
} // namespace original
namespace first_release {
using combat::event_family;
struct Hit {
    static constexpr std::array event_type_aliases{std::string_view("combat.struck")};
    std::uint32_t damage;
};
} // namespace first_release
namespace second_release {
using combat::event_family;
struct Struck {
    static constexpr std::array event_type_aliases{std::string_view("combat.hit")};
    std::uint32_t damage;
};
struct StruckHarder {
    static constexpr std::string_view event_type = "combat.struck";
    static constexpr std::array event_type_aliases{std::string_view("combat.hit")};
    std::uint64_t damage;
    std::vector<std::string> event_tags() const { return {"entity:1"}; }
};
} // namespace second_release
/// It had an older name, too.
struct HitOrBeaten {
    static constexpr std::string_view event_type = "combat.hit";
    static constexpr std::array event_type_aliases{std::string_view("combat.struck"),
                                                   std::string_view("combat.beaten")};
    std::uint32_t damage;
};
/// The stored names are kept.
struct RenamedByMembers {
    ATTACKED;
    std::uint32_t points = 0;
    std::optional<std::string> remark;
    static void members(auto& self, auto&& member) {
        member("damage", self.points);
        member("note", self.remark);
    }
};
#undef ATTACKED
} // namespace combat
using namespace combat;

using test_files::Folder;

std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}
void write(const std::string& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

/// What a program of `Now` says about the lock that one of `Before` wrote.
template <class Before, class Now>
es::LockVerdict verdict() {
    const Folder folder;
    REQUIRE(es::accept_schema<Before>(folder / "combat.lock"));
    return es::schema_matches<Now>(folder / "combat.lock");
}
using Sentences = std::vector<std::string>;
template <class Before, class Now>
Sentences breaking() {
    const auto found = verdict<Before, Now>();
    CHECK_FALSE(found);
    return found.breaking();
}
template <class Before, class Now>
Sentences allowed() {
    const auto found = verdict<Before, Now>();
    CHECK_FALSE(found);
    CHECK(found.breaking() == Sentences{});
    return found.allowed();
}
template <class Now>
using Was = With<Now>;
} // namespace

TEST_CASE("the schema text has a line for the state and for each version of each event") {
    CHECK(es::schema_text<With<NewVersion, Died>>() ==
          "eventsourcing schema 1\n"
          "aggregate Combat\n"
          "state {entity_id:text,generation:uint64}\n"
          "event combat.attacked 3.0 {weapon:text}\n"
          "event combat.died 1.0 {entity_id:text}\n"
          "event combat.attacked 2.0 {damage:uint32,note:text?}\n");
    CHECK(es::schema_text<With<WithAlias>>().ends_with("alias combat.attacked 2.0 combat.hit\n"));
    CHECK(es::schema_text<With<Tagged>>().ends_with("tags combat.attacked 2.0 entity\n"));
}

TEST_CASE("a lock that was just written matches, and is not written again") {
    const Folder folder;
    const std::string path = folder / "combat.lock";
    REQUIRE(es::accept_schema<With<NewVersion, Died>>(path));
    const std::string before = content(path);
    const auto found = es::schema_matches<With<NewVersion, Died>>(path);
    CHECK(found);
    CHECK(found.describe() == "as in the lock\n");
    CHECK_FALSE(es::schema_matches<With<Died>>(path));
    CHECK(content(path) == before); // a comparison writes nothing
}

TEST_CASE("V6: a changed field of a stored version is told exactly, with the cure") {
    const auto found = verdict<With<Attacked>, With<Signed>>();
    CHECK(found.breaking() == Sentences{"combat.attacked 2.0: field damage: uint32 became int32"});
    CHECK_THAT(found.describe(), Catch::Contains("Give such an event a new event_type_version and "
                                                 "an upcast from what it was."));
    CHECK_THAT(found.describe(), Catch::Contains("es::accept_schema<Combat>(\""));
    CHECK(breaking<With<Attacked>, With<Text>>() ==
          Sentences{"combat.attacked 2.0: field damage: uint32 became text"});
}

TEST_CASE("V6: a wider or narrower number is not allowed without a new version") {
    CHECK(breaking<With<Attacked>, With<Wider>>() ==
          Sentences{"combat.attacked 2.0: field damage: uint32 became uint64 (an older program "
                    "that still runs can't read the larger values)"});
    CHECK(breaking<With<Attacked>, With<Narrower>>() ==
          Sentences{"combat.attacked 2.0: field damage: uint32 became uint16 (stored values may "
                    "not fit)"});
}

TEST_CASE("V6: an added optional field is allowed without a new version, a required one is not") {
    CHECK(allowed<With<Attacked>, With<WithOptional>>() ==
          Sentences{"combat.attacked 2.0: field weapon: is new and optional"});
    CHECK(breaking<With<Attacked>, With<WithRequired>>() ==
          Sentences{"combat.attacked 2.0: field weapon: is new, but stored events lack it (an "
                    "optional field is allowed)"});
}

TEST_CASE("V6: a removed field is allowed only if it was optional") {
    CHECK(allowed<With<Attacked>, With<WithoutNote>>() ==
          Sentences{"combat.attacked 2.0: field note: is gone, and was optional"});
    CHECK(breaking<With<Attacked>, With<Renamed>>() ==
          Sentences{"combat.attacked 2.0: field damage: is gone, but an older program that still "
                    "runs needs it (if it was renamed: keep the stored name by a `members` line)",
                    "combat.attacked 2.0: field points: is new, but stored events lack it (an "
                    "optional field is allowed)"});
}

TEST_CASE("V6: a field that is renamed by a members line, which keeps the stored name, matches") {
    CHECK(verdict<With<Attacked>, With<RenamedByMembers>>());
    CHECK(breaking<With<RenamedByMembers>, With<Signed>>() ==
          Sentences{"combat.attacked 2.0: field damage: uint32 became int32"});
}

TEST_CASE("a verdict prints its description") {
    std::ostringstream out;
    out << verdict<With<Attacked>, With<Signed>>();
    CHECK_THAT(out.str(), Catch::StartsWith("combat.attacked 2.0: field damage: uint32 became"));
}

TEST_CASE("V6: a field does not become optional or required without a new version") {
    CHECK(breaking<With<Attacked>, With<AllOptional>>() ==
          Sentences{"combat.attacked 2.0: field damage: became optional, but an older program that "
                    "still runs needs it"});
    CHECK(breaking<With<Attacked>, With<Required>>() ==
          Sentences{"combat.attacked 2.0: field note: is no longer optional, but stored events may "
                    "lack it"});
}

TEST_CASE("V6: an added alias is allowed without a new version, a removed one is not") {
    CHECK(allowed<With<Attacked>, With<WithAlias>>() ==
          Sentences{"combat.attacked 2.0: the alias combat.hit is new"});
    CHECK(breaking<With<WithAlias>, With<Attacked>>() ==
          Sentences{"combat.attacked 2.0: the alias combat.hit is gone, but events may be stored "
                    "under it"});
}

TEST_CASE("V6: enumerators are neither removed nor added without a new version") {
    CHECK(breaking<With<Of<Kind>>, With<Of<FewerKinds>>>() ==
          Sentences{"combat.attacked 2.0: field kind: the enumerator sharp is gone, but stored "
                    "events may have it"});
    CHECK(breaking<With<Of<Kind>>, With<Of<MoreKinds>>>() ==
          Sentences{"combat.attacked 2.0: field kind: the enumerator magic is new, and an older "
                    "program that still runs can't read it (release first a program that reads it "
                    "and does not write it)"});
    CHECK(allowed<With<Of<Kind>>, With<Of<OtherOrder>>>() ==
          Sentences{"combat.attacked 2.0: field kind: its enumerators have another order"});
}

TEST_CASE("V6: the order of fields and of events is only to be written again") {
    CHECK(allowed<With<Attacked>, With<OtherFieldOrder>>() ==
          Sentences{"combat.attacked 2.0: its fields have another order"});
    CHECK(allowed<With<Attacked, Died>, With<Died, Attacked>>() ==
          Sentences{"the lines have another order"});
}

TEST_CASE("V6: a difference is found at any depth") {
    const auto found = breaking<With<Deep<int>>, With<Deep<std::int64_t>>>();
    REQUIRE(found.size() == 4);
    CHECK_THAT(found[0], Catch::Contains("field blow: the alternative int32 is gone"));
    CHECK_THAT(found[1], Catch::Contains("field blow: the alternative int64 is new"));
    CHECK_THAT(found[2], Catch::Contains("field blow.blow.kind: int32 became int64"));
    CHECK_THAT(found[3], Catch::Contains("field blow.blow.parts[][]: int32 became int64"));
}

TEST_CASE("V6: an event that can no longer be read is told, a new one is allowed") {
    CHECK(breaking<With<Attacked, Died>, With<Attacked>>() ==
          Sentences{"combat.died 1.0: can no longer be read (keep its struct and give the newer "
                    "one an upcast from it, or keep it in the variant)"});
    CHECK(breaking<With<Attacked>, With<WithoutUpcast>>().size() == 1);
    CHECK(allowed<With<Attacked>, With<Attacked, Died>>() == Sentences{"combat.died 1.0: is new"});
    CHECK(allowed<With<Attacked>, With<NewVersion>>() ==
          Sentences{"combat.attacked 3.0: is new"}); // 2.0 is read through its upcast
}

TEST_CASE("V6: a type is renamed by an alias, in two releases") {
    CHECK(allowed<With<original::Hit>, With<first_release::Hit>>() ==
          Sentences{"combat.hit 1.0: the alias combat.struck is new"});
    CHECK(allowed<With<first_release::Hit>, With<second_release::Struck>>() ==
          Sentences{"combat.hit 1.0: is stored as combat.struck now, and still read"});
    CHECK(allowed<With<original::Hit, original::Struck>, With<second_release::Struck>>() ==
          Sentences{"combat.hit 1.0: is stored as combat.struck now, and still read"});
}

TEST_CASE("V6: a type is not renamed in one release") {
    const auto found = verdict<With<original::Hit>, With<second_release::Struck>>();
    CHECK(found.breaking() ==
          Sentences{"combat.hit 1.0: is stored as combat.struck now, which an older program that "
                    "still runs can't read (release first a program that has combat.struck as an "
                    "alias)"});
    CHECK(found.allowed() == Sentences{});
}

TEST_CASE("V6: what else changes in a type that is renamed is told") {
    const auto found = verdict<With<first_release::Hit>, With<second_release::StruckHarder>>();
    CHECK(found.breaking() ==
          Sentences{"combat.struck 1.0: field damage: uint32 became uint64 (an older program that "
                    "still runs can't read the larger values)",
                    "combat.struck 1.0: its tags had the keys \"\" and have \"entity\" (stored "
                    "events keep their tags: a query by a new key does not find them)"});
    CHECK(found.allowed() ==
          Sentences{"combat.hit 1.0: is stored as combat.struck now, and still read"});
    CHECK(breaking<With<HitOrBeaten>, With<second_release::Struck>>() ==
          Sentences{"combat.struck 1.0: the alias combat.beaten is gone, but events may be stored "
                    "under it"});
    CHECK(breaking<With<original::Hit, original::Struck>,
                   With<second_release::StruckHarder>>()
              .size() == 3); // the layout of both, and the tags
}

TEST_CASE("V6: another size, order, unit or layout number is told") {
    using std::chrono::milliseconds, std::chrono::seconds, std::chrono::sys_time;
    const auto change = []<class Before, class After>(std::type_identity<Before>,
                                                      std::type_identity<After>) {
        const Sentences found = breaking<With<Of<Before>>, With<Of<After>>>();
        REQUIRE(found.size() == 1);
        return found.front().substr(found.front().rfind(": ") + 2);
    };
    constexpr auto of = []<class T>(const T& /*value*/) { return std::type_identity<T>{}; };
    CHECK(change(of(std::array<int, 2>{}), of(std::array<int, 3>{})) ==
          "[int32;2] became [int32;3]");
    CHECK(change(of(std::set<int>{}), of(std::vector<int>{})) == "set[int32] became [int32]");
    CHECK(change(of(std::vector<int>{}), of(std::set<int>{})) == "[int32] became set[int32]");
    CHECK(change(of(seconds{}), of(milliseconds{})) ==
          "duration(int64*1/1) became duration(int64*1/1000)");
    CHECK(change(of(sys_time<seconds>{}), of(sys_time<milliseconds>{})) ==
          "time(1/1) became time(1/1000)");
    CHECK(change(of(schema_lock_tests::first::Money{}), of(schema_lock_tests::second::Money{})) ==
          "own(Money 1) became own(Money 2)");
}

TEST_CASE("V6: other tags are told") {
    CHECK(breaking<With<Attacked>, With<Tagged>>() ==
          Sentences{"combat.attacked 2.0: its tags had the keys \"\" and have \"entity\" (stored "
                    "events keep their tags: a query by a new key does not find them)"});
}

TEST_CASE("V6: another state is allowed, as its snapshots are made again") {
    CHECK(allowed<With<Attacked>, Combat<OtherState, Attacked>>() ==
          Sentences{"the state: field hitpoints: is new (its snapshots are made again)"});
    CHECK(allowed<Combat<OtherState, Attacked>, With<Attacked>>() ==
          Sentences{"the state: field hitpoints: is gone (its snapshots are made again)"});
    CHECK(allowed<Combat<OfState<std::variant<int, bool>>, Attacked>,
                  Combat<OfState<std::string>, Attacked>>() ==
          Sentences{"the state: field part: (int32:int32|bool:bool) became text (its snapshots are "
                    "made again)"});
    CHECK(allowed<Combat<OfState<Kind>, Attacked>, Combat<OfState<MoreKinds>, Attacked>>() ==
          Sentences{"the state: field part: the enumerator magic is new (its snapshots are made "
                    "again)"});
}

// ---- bad input ----------------------------------------------------------------------------------

namespace {
using Now = With<Attacked, Died>;

std::string error_of(const std::string& path) {
    const auto found = es::schema_matches<Now>(path);
    CHECK_FALSE(found);
    REQUIRE(found.breaking().size() == 1);
    return found.breaking().front();
}
} // namespace

TEST_CASE("a missing lock file is an error that says how to write it") {
    const Folder folder;
    CHECK_THAT(error_of(folder / "combat.lock"),
               Catch::Contains("there is no such file") &&
                   Catch::Contains("es::accept_schema<Combat>(\"" + folder / "combat.lock"));
    const auto unwritable = es::accept_schema<Now>(folder / "none/combat.lock");
    REQUIRE_FALSE(unwritable);
    CHECK(unwritable.error() == es::errc::not_found);
}

TEST_CASE("the lock of another aggregate is an error, and is not written over") {
    const Folder folder;
    const std::string path = folder / "combat.lock";
    REQUIRE(es::accept_schema<Account>(path));
    const std::string before = content(path);
    CHECK_THAT(error_of(path), Catch::Contains("this is the lock of the aggregate Account, "
                                               "expected that of Combat"));
    const auto refused = es::accept_schema<Now>(path);
    REQUIRE_FALSE(refused);
    CHECK(refused.error() == es::errc::invalid);
    CHECK(content(path) == before);
}

TEST_CASE("a lock file in which any byte is damaged is an error or a difference, never a match") {
    const Folder folder;
    const std::string path = folder / "combat.lock";
    REQUIRE(es::accept_schema<Now>(path));
    const std::string before = content(path);
    for (std::size_t i = 0; i < before.size(); ++i) {
        for (const char wrong : {'x', '\0', '\n', ' ', '(', '['}) {
            if (before[i] == wrong)
                continue;
            if (i + 1 == before.size() && wrong == ' ')
                continue; // spaces and newlines at the end count for nothing
            std::string text = before;
            text[i] = wrong;
            write(path, text);
            INFO(text);
            CHECK_FALSE(error_of(path).empty());
        }
        if (i + 1 < before.size()) { // cut off
            write(path, before.substr(0, i));
            CHECK_FALSE(error_of(path).empty());
        }
    }
    // what is damaged is written again
    REQUIRE(es::accept_schema<Now>(path));
    CHECK(content(path) == before);
}

TEST_CASE("a damaged lock file says what to do") {
    const Folder folder;
    const std::string path = folder / "combat.lock";
    REQUIRE(es::accept_schema<Now>(path));
    const std::string before = content(path);
    std::string text = before;
    text.replace(text.find("uint32"), 6, "uint16");
    write(path, text);
    CHECK_THAT(error_of(path), Catch::Contains("it is damaged, or was changed by hand") &&
                                   Catch::Contains("restore it from version control"));
    write(path, before.substr(0, before.rfind("end ")));
    CHECK_THAT(error_of(path), Catch::Contains("it is cut off: expected `end` and a digest as its "
                                               "last line"));
    write(path, before.substr(0, before.size() - 3));
    CHECK_THAT(error_of(path), Catch::Contains("it is cut off in its last line"));
    write(path, before + "event combat.more 1.0 {a:text}\n");
    CHECK_THAT(error_of(path), Catch::Contains("it goes on after its end"));
    write(path, "\n");
    CHECK_THAT(error_of(path), Catch::Contains("it is empty"));
    REQUIRE(es::accept_schema<Now>(path));
    CHECK(content(path) == before);
    write(path, "<<<<<<< HEAD\n" + before + "=======\n" + before + ">>>>>>> theirs\n");
    CHECK_THAT(error_of(path), Catch::Contains("merge conflict"));
    REQUIRE(es::accept_schema<Now>(path));
    CHECK(content(path) == before);
    write(path, "=======\n" + before.substr(0, 60) + "\n>>>>>>> theirs\n");
    CHECK_THAT(error_of(path), Catch::Contains("merge conflict"));
    write(path, before.substr(0, 30) + "\n<<<<<<< HEAD\n" + before.substr(30));
    CHECK_THAT(error_of(path), Catch::Contains("merge conflict"));
    // a digest that is right over lines that are no schema
    text = before.substr(0, before.rfind("end ")) + "event combat.odd 1.0 {a:\n";
    write(path, text + "end " + es::detail::Sha256().add(text).hex().substr(0, 16) + "\n");
    CHECK_THAT(error_of(path), Catch::Contains("line 6: \"event combat.odd 1.0 {a:\" is no line"));
}

TEST_CASE("a file that is no lock is an error, and is not written over") {
    const Folder folder;
    const std::string path = folder / "main.cpp";
    write(path, "int main() {}\n");
    CHECK_THAT(error_of(path), Catch::Contains("it is no schema lock") &&
                                   Catch::Contains("it begins with \"int main() {}\""));
    const auto refused = es::accept_schema<Now>(path);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().message(), Catch::Contains("this file is no schema lock, so it is "
                                                          "left as it is"));
    CHECK(content(path) == "int main() {}\n");
}

namespace {
using Tidy = With<Attacked, Untagged>;

/// A text with another one in place of each newline.
std::string with_newlines(const std::string& text, const std::string& newline) {
    std::string out;
    for (const char c : text)
        out += c == '\n' ? newline : std::string(1, c);
    return out;
}
} // namespace

TEST_CASE("a lock matches whatever an editor or version control did to its lines") {
    const Folder folder;
    const std::string path = folder / "combat.lock";
    REQUIRE(es::accept_schema<Tidy>(path));
    const std::string before = content(path);
    CHECK(before.find(" \n") == std::string::npos); // also of an event that has no tags
    const auto line = before.find('\n', 40) + 1;
    for (const std::string& text :
         {with_newlines(before, "\r\n"), with_newlines(before, "\n\n"),
          with_newlines(before, " \t\n"), with_newlines(before, "  \r\n"),
          with_newlines(before, "\n \t \n"), before.substr(0, before.size() - 1), before + "\n",
          before + "\r\n\r\n", "\n" + before, "\xEF\xBB\xBF" + before,
          before.substr(0, line) + "\n" + before.substr(line)}) {
        write(path, text);
        INFO(text);
        CHECK(es::schema_matches<Tidy>(path));
        CHECK(es::schema_matches<Tidy>(path).describe() == "as in the lock\n");
        CHECK_FALSE(es::schema_matches<Now>(path));
        REQUIRE(es::accept_schema<Tidy>(path)); // it is a lock, and is written over
        CHECK(content(path) == before);
    }
}
