// SPDX-License-Identifier: MIT
#include <eventsourcing/tool/command_line.hpp>

#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "catch.hpp"
#include "folder.hpp"
#include "tool/written.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace es = eventsourcing;
namespace tool = es::detail::tool;

namespace {

/// A memory store that all who open it share.
class Kept : public es::MemoryStore {
public:
    static constexpr std::string_view url_scheme = "kept";
    static es::Result<Kept> open_url(std::string_view rest) {
        if (rest == "broken")
            return es::Error(es::errc::corrupt, "kept:broken is broken");
        if (rest != "it")
            return es::Error(es::errc::invalid, "there is no such thing to keep");
        return now();
    }
    static Kept& now() {
        static Kept store;
        return store;
    }
    static inline std::vector<std::string> problems{};
    /// What others do right before something is committed.
    static inline std::function<void(const es::ProgressCommit&)> before_commit{};

    es::Result<void> commit_progress(const es::ProgressCommit& commit,
                                     const es::CallOptions& call = {}) const {
        if (before_commit)
            before_commit(commit);
        return MemoryStore::commit_progress(commit, call);
    }
    [[nodiscard]] es::Result<es::VerifyReport> verify() const {
        es::VerifyReport report{.streams = 1, .events = 2};
        report.checked.emplace_back("everything");
        for (const std::string& problem : problems)
            report.add_problem(problem);
        return report;
    }
};

es::NewEvent event(std::string_view type, std::string_view data, es::Uuid id) {
    return {.id = id,
            .type = type,
            .version = "1",
            .content_type = "application/json",
            .data = data,
            .recorded_at = es::Timestamp::from_unix(1'700'000'000, 5)};
}

es::Uuid id_of(int n) {
    return es::Uuid::parse("01a22e1e-1e95-7e2c-94dc-f82555d8cd0" + std::to_string(n)).value();
}

/// An empty store with two streams.
void begin_anew() {
    Kept::now() = Kept{};
    Kept::problems.clear();
    Kept::before_commit = nullptr;
    const std::vector<es::NewEvent> ogre{
        event("combat.entity_entered", R"({"id":"ogre"})", id_of(1)),
        event("combat.entity_died",
              R"({"by":{"subject":"person:42","sealed":"U0VDUkVU"},"how":"\u001b["})", id_of(2))};
    const std::vector<es::NewEvent> elf{
        event("combat.entity_entered", R"({"id":"elf"})", id_of(3))};
    const auto append = [](std::string_view stream, const std::vector<es::NewEvent>& events) {
        REQUIRE(Kept::now().append(es::StreamName::parse(stream).value(),
                                   es::ExpectedRevision::no_stream(), es::EventBatch(events)));
    };
    append("combat-ogre", ogre);
    append("hall-elf", elf);
}

struct Ran {
    int status;
    std::string out;
    std::string err;
};

/// Runs the tool as `es ARGUMENT...`; somebody types `answer` if there is one.
Ran es_(std::vector<std::string> arguments, std::string answer = {}) {
    Written out;
    Written err;
    tool::Terminal terminal{.out = out.file(), .err = err.file()};
    terminal.answers = !answer.empty();
    answer += '\n';
    terminal.in = ::fmemopen(answer.data(), answer.size(), "r");
    const auto status = tool::run_command_line<Kept>("es", std::move(arguments), terminal);
    std::fclose(terminal.in);
    return {static_cast<int>(status), out.text(), err.text()};
}
Ran on_store(std::vector<std::string> arguments, std::string answer = {}) {
    arguments.insert(arguments.end(), {"--store", "kept:it"});
    return es_(std::move(arguments), std::move(answer));
}

es::ProgressKey board() {
    return {.name = "board", .fingerprint = "abcd"};
}

/// A subscription with two parked events of one key.
void park(es::ProgressKey key = board()) {
    es::ProgressCommit commit{.key = std::move(key)};
    commit.next.checkpoint.position = es::Position(2);
    commit.next.status = "live";
    commit.next.owner = "somebody";
    commit.next.fence = 1;
    const auto stream = es::StreamName::parse("combat-ogre").value();
    commit.park.push_back({.key = "ogre",
                           .stream = stream,
                           .revision = es::Revision(0),
                           .event_id = id_of(1),
                           .failure = "no such hero",
                           .attempts = 1,
                           .parked_at = es::Timestamp::from_unix(1'700'000'000)});
    commit.park.push_back({.key = "ogre",
                           .sequence = 1,
                           .stream = stream,
                           .revision = es::Revision(1),
                           .event_id = id_of(2)});
    REQUIRE(Kept::now().commit_progress(commit));
}

std::size_t parked() {
    return Kept::now().load_parked(board(), std::nullopt, 10).value().size();
}

} // namespace

TEST_CASE("The tool lists the streams of a store") {
    begin_anew();
    const Ran ran = on_store({"streams"});
    CHECK(ran.status == 0);
    CHECK(ran.out == "stream       events  last type              last at\n"
                     "combat-ogre       2  combat.entity_died     2023-11-14 22:13:20Z\n"
                     "hall-elf          1  combat.entity_entered  2023-11-14 22:13:20Z\n");
    CHECK(on_store({"streams", "hall", "--json"}).out ==
          "{\"stream\":\"hall-elf\",\"events\":1,\"last_revision\":0,\"last_type\":"
          "\"combat.entity_entered\",\"last_at\":\"2023-11-14T22:13:20.000000005Z\"}\n");
    CHECK(on_store({"streams", "nowhere"}).out == "No stream has the category \"nowhere\".\n");
    CHECK(on_store({"streams", "nowhere"}).status == 0);
    const Ran dash = on_store({"streams", "combat-ogre"});
    CHECK(dash.status == 2);
    CHECK(dash.err == "es: streams: expected a category, which is what stands before the first "
                      "dash of a stream, got \"combat-ogre\"\n");
}

TEST_CASE("The tool shows the events of a stream, and nothing that a key would have to open") {
    begin_anew();
    const Ran ran = on_store({"show", "combat-ogre"});
    CHECK(ran.status == 0);
    CHECK(ran.out ==
          "revision  recorded at           type                   data\n"
          "       0  2023-11-14 22:13:20Z  combat.entity_entered  {\"id\":\"ogre\"}\n"
          "       1  2023-11-14 22:13:20Z  combat.entity_died     "
          "{\"by\":{\"subject\":\"person:42\",\"sealed\":\"...\"},\"how\":\"\\u001b[\"}\n");
    const std::string last = on_store({"show", "combat-ogre", "--last", "1", "--json"}).out;
    CHECK(last == "{\"position\":2,\"stream\":\"combat-ogre\",\"revision\":1,\"recorded_at\":"
                  "\"2023-11-14T22:13:20.000000005Z\",\"type\":\"combat.entity_died\","
                  "\"version\":\"1\",\"data\":{\"by\":{\"subject\":\"person:42\",\"sealed\":"
                  "\"...\"},\"how\":\"\\u001b[\"},\"id\":"
                  "\"01a22e1e-1e95-7e2c-94dc-f82555d8cd02\",\"content_type\":"
                  "\"application/json\",\"source\":null,\"tags\":[],\"metadata\":null}\n");
    CHECK(on_store({"show", "combat-ogre", "--from", "1", "--json"}).out == last);
    const Ran one = on_store({"show", "combat-ogre", "--limit", "1"});
    CHECK(one.out.find("combat.entity_entered") != one.out.npos);
    CHECK(one.out.find("combat.entity_died") == one.out.npos);
}

TEST_CASE("The tool shows an event by its id") {
    begin_anew();
    const Ran ran = on_store({"event", id_of(2).to_string()});
    CHECK(ran.status == 0);
    CHECK(ran.out.find("stream        combat-ogre\nrevision      1\n") != ran.out.npos);
    CHECK(ran.out.find("U0VDUkVU") == ran.out.npos);
    const Ran none = on_store({"event", id_of(9).to_string()});
    CHECK(none.status == 1);
    CHECK(none.err == "es: no event has the id " + id_of(9).to_string() + "\n");
    CHECK(on_store({"event", "ogre"}).status == 2);
}

TEST_CASE("The tool shows the events of the whole store by type") {
    begin_anew();
    const Ran ran = on_store({"tail", "--all", "--no-follow", "--type", "combat.entity_entered"});
    CHECK(ran.status == 0);
    CHECK(ran.out ==
          "position  stream       revision  recorded at           type                   data\n"
          "       1  combat-ogre         0  2023-11-14 22:13:20Z  combat.entity_entered  "
          "{\"id\":\"ogre\"}\n"
          "       3  hall-elf            0  2023-11-14 22:13:20Z  combat.entity_entered  "
          "{\"id\":\"elf\"}\n");
    const Ran beyond = on_store({"tail", "--no-follow", "--after", "9"});
    CHECK(beyond.status == 2);
    CHECK(on_store({"tail", "--no-follow", "--all", "--after", "1"}).status == 2);
    CHECK(
        on_store({"tail", "--no-follow", "--after", "2/x"}).err ==
        "es: --after: expected a position such as 17 or 17/16, got \"2/x\"; try: es tail --help\n");
    CHECK(beyond.err == "es: --after 9: kept:it has no such position; --json shows those that it "
                        "has\n");
}

TEST_CASE("The tool begins with the last events, those that are asked for") {
    Kept::now() = Kept{};
    for (int i = 0; i < 5'000; ++i) {
        const std::string data = std::to_string(i);
        const std::string tag = i % 1'000 == 7 ? "seven" : "other";
        const std::vector<std::string_view> tags{tag};
        es::NewEvent one = event("counted", data, es::Environment{}.new_id());
        one.tags = tags;
        const std::vector<es::NewEvent> events{one};
        REQUIRE(Kept::now().append_unchecked(es::StreamName::parse("a-b").value(),
                                             es::EventBatch(events)));
    }
    const auto tail = [](std::vector<std::string> more) {
        more.insert(more.begin(), {"tail", "--no-follow", "--json"});
        const std::string out = on_store(std::move(more)).out;
        std::string numbers;
        for (auto at = out.find("\"data\":"); at != out.npos; at = out.find("\"data\":", at + 1))
            numbers += out.substr(at + 7, out.find(',', at) - at - 7) + " ";
        return numbers;
    };
    CHECK(tail({"--last", "3"}) == "4997 4998 4999 ");
    CHECK(tail({}) == "4990 4991 4992 4993 4994 4995 4996 4997 4998 4999 ");
    CHECK(tail({"-n", "2", "--tag", "seven"}) == "3007 4007 ");
    CHECK(tail({"-n", "9", "--tag", "seven"}) == "7 1007 2007 3007 4007 ");
    CHECK(tail({"--last", "0"}).empty());
    CHECK(on_store({"tail", "--no-follow", "--last", "0"}).out == "There is no such event.\n");
    CHECK(tail({"--after", "4998"}) == "4998 4999 ");
    const Ran two = on_store({"tail", "--no-follow", "--last", "1", "--all"});
    CHECK(two.status == 2);
    CHECK(two.err == "es: tail begins at one place: give one of --last, --all and --after\n");
}

TEST_CASE("The tool shows how far subscriptions have come, and what they have parked") {
    begin_anew();
    CHECK(on_store({"status"}).out ==
          "No subscription, relay or process keeps its progress in this store.\n");
    park();
    CHECK(on_store({"status"}).out ==
          "name   fingerprint  status  position  behind  parked keys  failure  failing since\n"
          "board  abcd         live           2       1            1\n");
    CHECK(on_store({"status", "--json"}).out.find("\"behind\":1,\"parked_keys\":1") !=
          std::string::npos);
    CHECK(on_store({"parked"}).out ==
          "name   key   sequence  stream       revision  failure       parked at\n"
          "board  ogre         0  combat-ogre         0  no such hero  2023-11-14 22:13:20Z\n"
          "board  ogre         1  combat-ogre         1  waits         1970-01-01 00:00:00Z\n");
    const Ran another = on_store({"parked", "another"});
    CHECK(another.status == 1);
    CHECK(another.err == "es: no subscription, relay or process is named \"another\"; the verb "
                         "status lists them\n");
}

TEST_CASE("The tool drops a parked event only if somebody agrees") {
    begin_anew();
    park();
    const Ran silent = on_store({"skip", "board", "ogre"});
    CHECK(silent.status == 2);
    CHECK(silent.err ==
          "es: this drops the first parked event of key \"ogre\" of each version of board: "
          "it never handles it; nothing was done: say --yes to do it\n");
    const Ran no = on_store({"skip", "board", "ogre"}, "n");
    CHECK(no.status == 1);
    CHECK(no.err ==
          "This drops the first parked event of key \"ogre\" of each version of board: it "
          "never handles it. Do it? [y/N] es: nothing was done\n");
    CHECK(parked() == 2);
    const Ran yes = on_store({"skip", "board", "ogre"}, "y");
    CHECK(yes.status == 0);
    CHECK(yes.out == "1 event is dropped\n");
    CHECK(parked() == 1);
    CHECK(on_store({"skip", "board", "ogre", "--all", "--yes", "--json"}).out ==
          "{\"dropped\":1}\n");
    CHECK(parked() == 0);
    CHECK(on_store({"skip", "board", "ogre", "--yes"}).status == 1);
    // who ran it before can't commit any more
    CHECK(Kept::now().load_progress(board()).value()->fence == 3);
    // whoever waits for it finds that somebody runs it
    CHECK(Kept::now().load_progress(board()).value()->owner == "somebody");
}

TEST_CASE("The tool drops the first parked event of each version of a subscription") {
    begin_anew();
    park();
    park({.name = "board", .fingerprint = "older"});
    CHECK(on_store({"skip", "board", "ogre", "--yes"}).out == "2 events are dropped\n");
    CHECK(parked() == 1);
}

TEST_CASE("The tool drops a parked event while others store something") {
    begin_anew();
    park();
    const auto others_commit = [](es::ProgressCommit commit) {
        commit.key = board();
        commit.loaded = Kept::now().load_progress(board()).value();
        REQUIRE(static_cast<const es::MemoryStore&>(Kept::now()).commit_progress(commit));
    };
    int times = 0;
    Kept::before_commit = [&](const es::ProgressCommit& commit) {
        if (++times > 5)
            return;
        es::ProgressCommit other;
        other.next = *commit.loaded;
        other.next.fence += 7;
        others_commit(other);
    };
    CHECK(on_store({"skip", "board", "ogre", "--yes"}).out == "1 event is dropped\n");
    CHECK(times == 6);
    CHECK(parked() == 1);

    begin_anew();
    park();
    bool done = false;
    Kept::before_commit = [&](const es::ProgressCommit& commit) { // just what the tool stores
        if (std::exchange(done, true))
            return;
        es::ProgressCommit other;
        other.next = commit.next;
        others_commit(other);
    };
    CHECK(on_store({"skip", "board", "ogre", "--yes"}).out == "1 event is dropped\n");
    CHECK(parked() == 1);

    begin_anew();
    park();
    Kept::before_commit = [&](const es::ProgressCommit& commit) { // the first one is handled
        es::ProgressCommit other;
        other.next = commit.next;
        other.next.fence += 7;
        other.unpark.push_back({"ogre", 0});
        others_commit(other);
    };
    CHECK(on_store({"skip", "board", "ogre", "--yes"}).status == 1);
    CHECK(parked() == 1);

    begin_anew();
    park();
    Kept::before_commit = [&](const es::ProgressCommit& commit) { // never at rest
        es::ProgressCommit other;
        other.next = commit.next;
        other.next.fence += 7;
        others_commit(other);
    };
    CHECK(on_store({"skip", "board", "ogre", "--yes"}).status == 1);
    CHECK(parked() == 2);
    Kept::before_commit = nullptr;
}

TEST_CASE("The tool says whether a store is sound") {
    begin_anew();
    const Ran sound = on_store({"verify"});
    CHECK(sound.status == 0);
    CHECK(sound.out == "checked: everything\n2 events, 1 streams: all is well\n");
    Kept::problems = {"position 2 is missing"};
    const Ran unsound = on_store({"verify"});
    CHECK(unsound.status == 1);
    CHECK(unsound.out == "checked: everything\nPROBLEM: position 2 is missing\n"
                         "2 events, 1 streams: 1 problem\n");
    CHECK(on_store({"verify", "--json"}).out ==
          "{\"ok\":false,\"streams\":1,\"events\":2,\"problem_count\":1,\"problems\":"
          "[\"position 2 is missing\"],\"checked\":[\"everything\"]}\n");
}

TEST_CASE("What a store can't do is exit status 3") {
    begin_anew();
    const Ran ran = on_store({"backup", "copy"});
    CHECK(ran.status == 3);
    CHECK(ran.err.find("es: kept:it: Kept can't be copied while it is in use") == 0);
    const Ran broken = es_({"streams", "-s", "kept:broken"});
    CHECK(broken.status == 3);
    CHECK(broken.err == "es: kept:broken is broken\n");
}

TEST_CASE("The tool moves events by a file") {
    begin_anew();
    const test_files::Folder folder;
    const std::string file = folder / "events";
    CHECK(on_store({"export", file, "--source", "urn:x"}).out ==
          "3 events of kept:it are in " + file + "\n");
    const Ran again = on_store({"export", file});
    CHECK(again.status == 1);
    CHECK(again.err == "es: file \"" + file +
                           "\" can't be made: it is there already; name another one, or remove it "
                           "if an export was interrupted\n");
    Kept::now() = Kept{};
    CHECK(on_store({"import", file}).status == 2);
    CHECK(on_store({"streams"}).out == "The store has no events.\n");
    CHECK(on_store({"import", file, "--yes"}).out ==
          "all 3 events of " + file + " are in kept:it; 3 of them were appended now\n");
    CHECK(on_store({"import", file, "--yes", "--json"}).out ==
          "{\"file\":\"" + file + "\",\"events\":3,\"appended\":0}\n");
    CHECK(on_store({"export", "-", "--source", "urn:x"}).out.find("export_ended") !=
          std::string::npos);
    std::remove(file.c_str());
    CHECK(on_store({"import", file, "--yes"}).status == 1);
}

TEST_CASE("Wrong use is exit status 2 and says what to do") {
    begin_anew();
    CHECK(es_({}).err.find("Usage: es [OPTIONS] [VERB]") != std::string::npos);
    struct Wrong {
        std::vector<std::string> arguments;
        std::string message;
    };
    const std::vector<Wrong> all{
        {{"shwo"}, "there is no verb \"shwo\", the closest one is show; try: es --help"},
        {{"help", "xyzzy"}, "there is no verb \"xyzzy\"; try: es --help"},
        {{"xyzzy"}, "there is no verb \"xyzzy\"; try: es --help"},
        {{"--stoer", "x"},
         "there is no option \"--stoer\", the closest one is --store; try: es "
         "--help"},
        {{"--store"}, "--store needs a value: --store URL; try: es --help"},
        {{"show"}, "show needs STREAM: the stream, such as combat-ogre; try: es show --help"},
        {{"show", "a-b", "--bla"}, "show has no option \"--bla\"; try: es show --help"},
        {{"show", "a-b", "--form", "1"},
         "show has no option \"--form\", the closest one is --from; try: es show --help"},
        {{"show", "a-b", "c-d"},
         "show takes STREAM, and got \"c-d\" after that; try: es show "
         "--help"},
        {{"show", "a-b", "--from"}, "--from needs a value: --from REVISION; try: es show --help"},
        {{"show", "a-b", "--from", "-1"},
         "--from: expected a whole number, got \"-1\"; try: es show --help"},
        {{"show", "a-b", "--from", "1", "--last", "2", "--store", "kept:it"},
         "show begins at one place: give one of --from and --last"},
        {{"show", "nix", "--store", "kept:it"},
         "stream name \"nix\": expected category-id, neither of them empty"},
        {{"verify", "it"},
         "verify takes no argument, and got \"it\" after that; try: es verify "
         "--help"},
        {{"skip", "board"},
         "skip needs KEY: the key, as the verb parked shows it; try: es skip --help"},
        {{"export"},
         "export needs FILE: the file to make, there must be none yet; - for the "
         "output; try: es export --help"},
        {{"completion", "fish"}, "completion: expected bash or zsh, got \"fish\""},
        {{"streams"},
         "which store? Say --store URL, such as --store sqlite:combat.db, or set "
         "ES_STORE"},
        {{"streams", "--store", "oracle:x"},
         "store URL \"oracle:x\": no store of this program has its scheme; expected one that "
         "starts with one of kept:"},
        {{"streams", "--store", "kept"},
         "store URL \"kept\": it has no scheme; expected one that starts with one of kept:"},
        {{"streams", "--store", "kept:else"}, "there is no such thing to keep"},
        {{"copy", "oracle:x", "--yes", "--json", "--store", "kept:it"},
         "store URL \"oracle:x\": no store of this program has its scheme; expected one that "
         "starts with one of kept:"}};
    for (const Wrong& wrong : all) {
        const Ran ran = es_(wrong.arguments);
        CHECK(ran.err == "es: " + wrong.message + "\n");
        CHECK(ran.status == 2);
        CHECK(ran.out.empty());
    }
    const Ran none = on_store({"show", "a-b"});
    CHECK(none.status == 1);
    CHECK(none.err == "es: there is no stream \"a-b\"; the verb streams lists those that there "
                      "are\n");
}

TEST_CASE("An archive is not written to a terminal, which would show what is sealed") {
    begin_anew();
    Written out;
    Written err;
    tool::Terminal terminal{.out = out.file(), .err = err.file()};
    terminal.is_terminal = true;
    const auto status = tool::run_command_line<Kept>(
        "es", {"export", "-", "--source", "urn:x", "--store", "kept:it"}, terminal);
    CHECK(status == tool::ExitStatus::wrong_use);
    CHECK(out.text().empty());
    CHECK(err.text() == "es: export - is for a pipe or a file, and the output is a terminal: name "
                        "a file, or see the events with tail --all\n");
}

TEST_CASE("Nothing that is stored reaches the terminal as a control character") {
    // begins an escape sequence in three ways, ends lines, turns the direction, breaks UTF-8
    const std::string evil = "\x1b[31m\x9b"
                             "2J\xc2\x9b"
                             "2J\r\n\b\x7f\xe2\x80\xae\xe2\x80\xa8";
    const auto is_shown_safely = [](const std::string& text, bool json) {
        INFO(text);
        CHECK(text.find("31m") != text.npos);
        std::string_view left = text;
        while (!left.empty()) {
            const auto [c, size] = es::detail::decode_utf8(left);
            CHECK(size != 0);
            CHECK((c == '\n' || tool::is_harmless(c)));
            if (size == 0)
                break;
            left.remove_prefix(size);
        }
        CHECK(std::count(text.begin(), text.end(), '\n') == (json ? 1 : 2));
    };
    es::EventRecord record;
    record.stream = record.type = record.version = record.content_type = evil;
    record.data = record.metadata = record.source = evil;
    const std::vector<std::string_view> tags{evil, evil};
    record.tags = tags;
    es::EventRecord json = record;
    const std::string data = "{\n\r\t\"a\":\"31m \xc2\x9b \x7f \xe2\x80\xae\"}";
    json.content_type = "application/json";
    json.data = json.metadata = data;
    const auto columns = tool::record_columns(false);
    for (const es::EventRecord& one : {record, json}) {
        const tool::Row row = tool::record_row(one);
        REQUIRE(row.size() == columns.size());
        for (std::size_t i = 0; i < row.size(); ++i)
            for (const std::string& text : {row[i].shown, row[i].json}) {
                INFO(columns[i].name << ": " << text);
                CHECK(tool::shown_text(text) == text);
            }
        CHECK(tool::is_json(tool::json_object(columns, row)));
    }
    Written out;
    Written err;
    const tool::Terminal terminal{.out = out.file(), .err = err.file()};
    for (const auto format : {tool::Format::json, tool::Format::table}) {
        Written one;
        const tool::Terminal to{.out = one.file(), .err = err.file()};
        tool::Table table(to, format, {{"a"}, {"b", tool::Column::Kind::if_room, 8}});
        table.add({evil, evil});
        table.finish("nothing");
        is_shown_safely(one.text(), format == tool::Format::json);
    }
    const tool::Session session{.terminal = terminal, .program = "es"};
    session.fail(es::Error(es::errc::failed, evil));
    CHECK(tool::shown_text(err.text()) == err.text().substr(0, err.text().size() - 1) + "\\x0a");
    session.say(evil);
    CHECK(tool::shown_text(out.text()) == out.text().substr(0, out.text().size() - 1) + "\\x0a");
    // what a store takes of it
    begin_anew();
    park();
    es::ProgressCommit commit{.key = board(),
                              .loaded = *Kept::now().load_progress(board()).value()};
    commit.next = *commit.loaded;
    commit.next.fence = 2;
    commit.next.failure = es::ProgressFailure{.message = evil};
    commit.park.push_back({.key = "31m\x1b[2J",
                           .stream = es::StreamName::parse("combat-ogre").value(),
                           .failure = evil});
    if (Kept::now().commit_progress(commit)) {
        for (const auto* const verb : {"status", "parked"})
            for (const auto* const how : {"--json", "--yes"}) {
                std::string text = on_store({verb, how}).out;
                INFO(text);
                CHECK(text.find("31m") != text.npos);
                text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
                CHECK(tool::shown_text(text) == text);
            }
    } else {
        CHECK(on_store({"status"}).status == 0);
    }
}

TEST_CASE("The help fits 80 columns, and each verb has its own") {
    const std::string help = es_({"--help"}).out;
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = help.find('\n', begin)) != help.npos; begin = end + 1) {
        INFO(help.substr(begin, end - begin));
        CHECK(end - begin <= 80);
    }
    for (const auto& verb : tool::generic_verbs()) {
        CHECK(help.find("\n  " + verb->name() + " ") != help.npos);
        const Ran own = es_({verb->name(), "--help"});
        CHECK(own.status == 0);
        CHECK(own.out.find("Usage: es " + verb->name()) != std::string::npos);
    }
    CHECK(es_({"--version"}).out.find("es ") == 0);
}
