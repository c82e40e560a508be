// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/sqlite_keys.hpp>

#include "catch.hpp"
#include "cloudevents/exporting.hpp"
#include "engines/sqlite/other_process.hpp"
#include "engines/sqlite/support.hpp"
#include "fails_with.hpp"
#include "personal/people.hpp"

#include <eventsourcing/engines/sqlite.hpp>
#include <eventsourcing/testing/describe.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace sqlite_keys_tests {

namespace es = eventsourcing;
using people::Address;
using people::Person;
using people::Register;
using sqlite_tests::content;
using sqlite_tests::Folder;
using sqlite_tests::Raw;

es::SqliteKeys open_keys(const std::string& path, const es::SqliteKeysOptions& options = {}) {
    auto keys = es::SqliteKeys::open(path, options);
    INFO(message_of(keys));
    REQUIRE(keys);
    return *keys;
}

/// The file and what SQLite has next to it.
std::string all_bytes(const std::string& path) {
    std::string out;
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        out += content(path + suffix);
    return out;
}

std::string from_hex(const std::string& digits) {
    std::string out;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
        out += static_cast<char>(es::detail::hex_digit(digits[i]) * 16 +
                                 es::detail::hex_digit(digits[i + 1]));
    return out;
}
std::string key_of(const std::string& path, const std::string& subject) {
    return from_hex(
        Raw(path).value("SELECT hex(key) FROM es_keys WHERE subject = '" + subject + "'"));
}

TEST_CASE("Keys in a file open what they sealed before the program was started again") {
    const Folder folder;
    std::string sealed;
    std::string hash;
    {
        const auto keys = open_keys(folder / "keys.db");
        sealed = *es::encode_json(*keys.seal("person:42", "ann@example.org"));
        hash = *keys.blind("email", "ann@example.org");
    }
    CHECK_FALSE(std::filesystem::exists(folder / "keys.db-wal")); // the last handle leaves one file
    const auto keys = open_keys(folder / "keys.db", {.open = es::SqliteOpen::existing});
    CHECK(*keys.open(*es::decode_json<es::Personal<std::string>>(sealed)) == "ann@example.org");
    CHECK(*keys.blind("email", "ann@example.org") == hash);
}

TEST_CASE("A new key is in the file before the value that it sealed is returned") {
    const Folder folder;
    const auto keys = open_keys(folder / "keys.db");
    REQUIRE(keys.seal("person:42", "Ann"));
    CHECK(key_of(folder / "keys.db", "person:42").size() == 32);
    REQUIRE(keys.seal("person:42", "Ann"));
    CHECK(Raw(folder / "keys.db").value("SELECT count(*) FROM es_keys") == "1");
}

TEST_CASE("E1, N7: No byte of a value is in the store's file, log, snapshot, backup, export or "
          "diagnostics") {
    const Folder folder;
    const auto keys = open_keys(folder / "keys.db");
    auto opened = es::SqliteStore::open(folder / "people.db");
    REQUIRE(opened);
    const es::Repository<Person, es::SqliteStore> persons{*opened, {.snapshot_every = 1}};
    // long enough not to come by chance among the random bytes of keys and sealed values
    constexpr int house = 1'347'110'815;
    const std::vector<std::string> secrets{"ann@example.org", "Hillstreet", std::to_string(house)};
    const Register command{"42", *keys.seal("person:42", secrets[0]),
                           *keys.seal("person:42", Address{secrets[1], house})};
    const auto done = persons.execute("42", command);
    REQUIRE(done);
    REQUIRE(*keys.open(done->state.email) == secrets[0]);
    REQUIRE(keys.open(done->state.home)->number == house);
    REQUIRE(opened->backup(folder / "backup.db"));

    std::vector<std::pair<std::string, std::string>> places{
        {"the store's log", content(folder / "people.db-wal")},
        {"the store's file and log", all_bytes(folder / "people.db")},
        {"the backup", content(folder / "backup.db")},
        {"the export", exporting::exported(*opened)},
        {"the key file", all_bytes(folder / "keys.db")},
        {"the snapshot",
         Raw(folder / "people.db").value("SELECT CAST(data AS TEXT) FROM es_snapshots")},
        {"a described event", es::detail::describe_value(done->events())},
        {"a refusal", persons.execute("42", command).error().message()},
        {"a conflict", es::Dispatcher<Person, es::SqliteStore>(*opened)
                           .dispatch(Person::State{}, command, "person-42")
                           .error()
                           .message()}};
    const auto wrong = es::decode_json<es::Personal<int>>(*es::encode_json(command.email));
    places.emplace_back("an error of opening", keys.open(*wrong).error().message());
    opened->close();
    places.emplace_back("the store's file, closed", all_bytes(folder / "people.db"));
    for (const auto& [place, bytes] : places) {
        CAPTURE(place);
        CHECK(bytes.size() > 0);
        for (const std::string& secret : secrets)
            CHECK(bytes.find(secret) == std::string::npos);
    }
    CHECK(places[1].second.find("person:42") != std::string::npos); // subjects are no secret
}

TEST_CASE("E3: A store of which a subject was erased is verified, exported and folded as before") {
    const Folder folder;
    const auto keys = open_keys(folder / "keys.db");
    auto opened = es::SqliteStore::open(folder / "people.db");
    REQUIRE(opened);
    es::Dispatcher<Person, es::SqliteStore> persons{*opened};
    const Register command{"42", *keys.seal("person:42", "ann@example.org"),
                           *keys.seal("person:42", Address{"Hill", 7})};
    const auto done = persons.dispatch(Person::State{}, command, "person-42");
    REQUIRE(done);
    const std::string before = exporting::exported(*opened);
    REQUIRE(*keys.erase("person:42"));

    CHECK(exporting::exported(*opened) == before);
    const auto report = opened->verify<Person::Event>();
    REQUIRE(report);
    CHECK(report->problem_count == 0);
    const auto loaded = es::load<Person>(*opened, "person-42");
    REQUIRE(loaded);
    CHECK(loaded->state == done->state);
    CHECK(fails_with(es::errc::gone, keys.open(loaded->state.email)));
}

TEST_CASE("E7: When erase returns, no byte of the key is in the key file or its log") {
    const Folder folder(sqlite_tests::fast_place());
    const std::string path = folder / "keys.db";
    const auto keys = open_keys(path);
    // so many that SQLite splits pages, and names of all lengths
    const auto name = [](int i) {
        return "person:" + std::to_string(i * 7919 % 1000) +
               std::string(static_cast<std::size_t>(i % 150), '-');
    };
    std::vector<std::string> secrets;
    for (int i = 0; i < 1000; ++i) {
        REQUIRE(keys.seal(name(i), i));
        if (i % 37 == 0) { // erased among new ones
            secrets.push_back(key_of(path, name(i)));
            REQUIRE(*keys.erase(name(i)));
        }
    }
    for (int i = 0; i < 1000; i += 3) {
        const int which = i * 617 % 1000;
        if (which % 37 != 0) {
            secrets.push_back(key_of(path, name(which)));
            REQUIRE(secrets.back().size() == 32);
            REQUIRE(*keys.erase(name(which)));
            CHECK(std::filesystem::file_size(path + "-wal") == 0);
        }
    }
    const std::string bytes = all_bytes(path);
    for (const std::string& secret : secrets)
        CHECK(bytes.find(secret) == std::string::npos);
    // and the test would find one
    REQUIRE(keys.seal("person:kept", 1));
    CHECK(all_bytes(path).find(key_of(path, "person:kept")) != std::string::npos);
    CHECK(Raw(path).value("PRAGMA integrity_check") == "ok");
}

TEST_CASE("An erased row keeps neither the key nor the name of its subject") {
    const Folder folder;
    const auto keys = open_keys(folder / "keys.db");
    REQUIRE(keys.seal("person:42", "Ann"));
    REQUIRE(*keys.erase("person:42"));
    CHECK(Raw(folder / "keys.db").rows("SELECT subject, key = zeroblob(32) FROM es_keys") ==
          std::vector<std::string>{"NULL", "1"});
}

TEST_CASE("While another program reads the log, erase says that it is not complete, and again is") {
    const Folder folder;
    const std::string path = folder / "keys.db";
    const auto keys = open_keys(path, {.busy_timeout = std::chrono::milliseconds{1}});
    const auto ann = *keys.seal("person:42", "Ann");
    const std::string secret = key_of(path, "person:42");
    std::optional<Raw> reader(path);
    reader->run("BEGIN");
    REQUIRE(reader->value("SELECT count(*) FROM es_keys") == "1");

    const auto refused = keys.erase("person:42");
    CHECK(fails_with(es::errc::unavailable, refused));
    CHECK(refused.error().outcome() == es::Outcome::unknown);
    CHECK(message_of(refused) ==
          "key file \"" + path +
              "\": the key was erased, but its bytes are still in the log, which another program "
              "keeps reading: end that, and call erase again");
    CHECK(all_bytes(path).find(secret) != std::string::npos);
    CHECK(fails_with(es::errc::gone, keys.open(ann)));

    reader.reset();
    CHECK(keys.erase("person:42"));
    CHECK(all_bytes(path).find(secret) == std::string::npos);
}

TEST_CASE("While another program writes, erase erases nothing and says so") {
    const Folder folder;
    const std::string path = folder / "keys.db";
    const auto keys = open_keys(path, {.busy_timeout = std::chrono::milliseconds{1}});
    const auto ann = *keys.seal("person:42", "Ann");
    Raw writer(path);
    writer.run("BEGIN IMMEDIATE");
    CHECK(fails_with(es::errc::unavailable, keys.erase("person:42")));
    CHECK(fails_with(es::errc::unavailable, keys.seal("person:43", "Bob")));
    CHECK(*keys.open(ann) == "Ann");
    writer.run("COMMIT");
    CHECK(*keys.erase("person:42"));
}

TEST_CASE("E2: A handle that was opened by itself finds an erasure at its next use") {
    const Folder folder;
    const auto one = open_keys(folder / "keys.db");
    const auto other = open_keys(folder / "keys.db");
    const auto ann = *one.seal("person:42", "Ann");
    const auto bob = *one.seal("person:43", "Bob");
    for (int i = 0; i < 3; ++i) { // the key is in its memory
        CHECK(*other.open(ann) == "Ann");
        CHECK(*other.open(bob) == "Bob");
    }
    REQUIRE(*one.erase("person:42"));
    CHECK(fails_with(es::errc::gone, other.open(ann)));
    CHECK(*other.open(bob) == "Bob");
    // and does not seal with the old key
    const auto again = *other.seal("person:42", "Ann");
    CHECK(*one.open(again) == "Ann");
    CHECK(fails_with(es::errc::gone, one.open(ann)));
}

TEST_CASE("E6: A retry of an append of unknown outcome to SQLite sends the same sealed bytes") {
    const Folder folder;
    const auto keys = open_keys(folder / "keys.db");
    auto opened = es::SqliteStore::open(folder / "people.db");
    REQUIRE(opened);
    const people::Lossy<es::SqliteStore> store{*opened};
    es::Dispatcher<Person, people::Lossy<es::SqliteStore>> persons{store};
    const auto first = persons.dispatch(Person::State{},
                                        Register{"42", *keys.seal("person:42", "ann@example.org"),
                                                 *keys.seal("person:42", Address{"Hill", 7})},
                                        "person-42");
    REQUIRE(fails_with(es::errc::unknown_outcome, first));
    const auto again = persons.retry(*es::pending_append<Person>(first.error()));
    INFO(message_of(again));
    REQUIRE(again);
    CHECK(es::load<Person>(*opened, "person-42")->state == again->state);
    CHECK(*keys.open(again->state.email) == "ann@example.org");
}

/// Opens and erases in a process of its own, forked before this one opens the file.
class OtherUser {
public:
    explicit OtherUser(std::string folder) : folder_(std::move(folder)) {}

    /// Opens the value in the file value.json: 1, or 2 if it is gone.
    int look() { return process_.ask('l'); }
    int erase() { return process_.ask('e'); }

private:
    char obey(char command) {
        if (!keys_) {
            auto opened = es::SqliteKeys::open(folder_ + "/keys.db");
            if (!opened)
                return 0;
            keys_ = *opened;
        }
        if (command == 'e')
            return keys_->erase("person:42") ? 1 : 0;
        const auto value =
            es::decode_json<es::Personal<std::string>>(content(folder_ + "/value.json"));
        const auto opened = keys_->open(*value);
        return opened ? 1 : opened.error() == es::errc::gone ? 2 : 0;
    }

    const std::string folder_;
    std::optional<es::SqliteKeys> keys_{};
    /// The last member: the child has the others.
    sqlite_tests::ObedientProcess process_{[this](char command) { return obey(command); }};
};

TEST_CASE("E2: Another process finds an erasure at its next use of the keys") {
    const Folder folder;
    OtherUser other(folder / ".");
    const auto keys = open_keys(folder / "keys.db");
    const auto ann = *keys.seal("person:42", "Ann");
    std::ofstream(folder / "value.json") << *es::encode_json(ann);
    CHECK(other.look() == 1);
    CHECK(other.look() == 1);
    REQUIRE(*keys.erase("person:42"));
    CHECK(other.look() == 2);

    const auto again = *keys.seal("person:42", "Ann");
    CHECK(*keys.open(again) == "Ann");
    CHECK(other.erase() == 1);
    CHECK(fails_with(es::errc::gone, keys.open(again)));
}

TEST_CASE("Handles that race for the first key of a subject agree on one", "[waits]") {
    const Folder folder;
    std::vector<es::SqliteKeys> handles;
    for (int i = 0; i < 4; ++i)
        handles.push_back(open_keys(folder / "keys.db"));
    std::vector<std::vector<es::Personal<int>>> sealed(handles.size());
    std::vector<std::thread> threads;
    for (std::size_t h = 0; h < handles.size(); ++h)
        threads.emplace_back([&, h] {
            for (int i = 0; i < 20; ++i)
                if (auto value = handles[h].seal("person:" + std::to_string(i), i))
                    sealed[h].push_back(*std::move(value));
        });
    for (auto& thread : threads)
        thread.join();
    CHECK(Raw(folder / "keys.db").value("SELECT count(*) FROM es_keys") == "20");
    for (const auto& of_one : sealed) {
        REQUIRE(of_one.size() == 20);
        for (int i = 0; i < 20; ++i)
            CHECK(*handles[0].open(of_one[static_cast<std::size_t>(i)]) == i);
    }
}

TEST_CASE("Handles that race to make one file have the same keys", "[waits]") {
    for (int round = 0; round < 10; ++round) {
        const Folder folder;
        std::vector<std::optional<es::SqliteKeys>> handles(4);
        std::vector<std::thread> threads;
        for (auto& handle : handles)
            threads.emplace_back([&] {
                if (auto opened = es::SqliteKeys::open(folder / "keys.db"))
                    handle = *opened;
            });
        for (auto& thread : threads)
            thread.join();
        REQUIRE(handles[0]);
        const auto ann = *handles[0]->seal("person:42", "Ann");
        for (const auto& handle : handles) {
            REQUIRE(handle);
            CHECK(*handle->open(ann) == "Ann");
        }
        handles.clear();
        int files = 0;
        for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(folder / ""))
            ++files;
        CHECK(files == 1); // nothing half made is left
    }
}

TEST_CASE("Only the user of a new key file may read it and its log") {
    const Folder folder;
    const auto keys = open_keys(folder / "keys.db");
    REQUIRE(keys.seal("person:42", "Ann"));
    for (const char* suffix : {"", "-wal", "-shm"}) {
        struct stat found{};
        REQUIRE(::stat((folder / "keys.db" + suffix).c_str(), &found) == 0);
        CHECK((found.st_mode & 0777U) == 0600U);
    }
}

TEST_CASE("A sealed value is AES-256-GCM in the layout that the page describes") {
    const Folder folder;
    const auto keys = open_keys(folder / "keys.db");
    const auto sealed = *keys.seal("person:42", "Ann");
    const std::string bytes = es::detail::personal::Access::sealed(sealed);
    REQUIRE(bytes.size() == 33 + 5 + 16);
    const std::string key = key_of(folder / "keys.db", "person:42");
    const std::string with = bytes.substr(0, 21) + "person:42";
    const auto u = [](const std::string& text) {
        return reinterpret_cast<const unsigned char*>(text.data());
    };
    std::string plain(5, '\0');
    std::string tag = bytes.substr(38);
    int n = 0;
    EVP_CIPHER_CTX* const c = EVP_CIPHER_CTX_new();
    CHECK(EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), nullptr, u(key), u(bytes) + 21) == 1);
    CHECK(EVP_DecryptUpdate(c, nullptr, &n, u(with), static_cast<int>(with.size())) == 1);
    CHECK(EVP_DecryptUpdate(c, reinterpret_cast<unsigned char*>(plain.data()), &n, u(bytes) + 33,
                            5) == 1);
    CHECK(EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, 16, tag.data()) == 1);
    CHECK(EVP_DecryptFinal_ex(c, reinterpret_cast<unsigned char*>(plain.data()) + 5, &n) == 1);
    EVP_CIPHER_CTX_free(c);
    CHECK(plain == "\"Ann\"");
}

TEST_CASE("A value sealed with the keys of another file names the file that was asked") {
    const Folder folder;
    const auto ann = *open_keys(folder / "a.db").seal("person:42", "Ann");
    const auto opened = open_keys(folder / "b.db").open(ann);
    CHECK(fails_with(es::errc::invalid, opened));
    CHECK(message_of(opened) == "personal data of person:42: it is sealed with a key that was "
                                "never in key file \"" +
                                    folder / "b.db" + "\"; open it with the keys that sealed it");
}

TEST_CASE("A backup of the keys opens what was sealed before it, also what was erased since") {
    const Folder folder;
    const auto keys = open_keys(folder / "keys.db");
    const auto ann = *keys.seal("person:42", "Ann");
    REQUIRE(keys.backup(folder / "backup.db"));
    const auto bob = *keys.seal("person:43", "Bob");
    REQUIRE(*keys.erase("person:42"));

    const auto restored = open_keys(folder / "backup.db");
    CHECK(*restored.open(ann) == "Ann");
    const auto lost = restored.open(bob);
    CHECK(fails_with(es::errc::gone, lost));
    CHECK(message_of(lost) == "personal data of person:43: its key is not in key file \"" +
                                  folder / "backup.db" +
                                  "\" any more; if that was restored from a backup, the key is "
                                  "only in what it replaced");
    CHECK(fails_with(es::errc::invalid, keys.backup(folder / "backup.db")));
    struct stat found{};
    REQUIRE(::stat((folder / "backup.db").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777U) == 0600U);
}

TEST_CASE("What is no key file is refused with what to do, and left as it is") {
    const Folder folder;
    {
        Raw other(folder / "other.db");
        other.run("CREATE TABLE t(x); PRAGMA application_id = 77");
    }
    REQUIRE(es::SqliteStore::open(folder / "store.db"));
    std::ofstream(folder / "text.db") << std::string(2'000, 'x');
    {
        open_keys(folder / "later.db");
        Raw(folder / "later.db").run("PRAGMA user_version = 2");
    }
    std::filesystem::create_directory(folder / "folder");
    std::ofstream(folder / "empty.db").flush();
    const auto cut = [&](const std::string& name, std::uintmax_t size) {
        REQUIRE(open_keys(folder / name).seal("person:42", "Ann"));
        std::filesystem::resize_file(folder / name, size);
    };
    cut("half.db", 4096);
    cut("head.db", 60);
    const auto refused = [&](const std::string& name, es::errc kind, const std::string& says,
                             const es::SqliteKeysOptions& options = {}) {
        const std::string path = name.starts_with(':') || name.empty() ? name : folder / name;
        const auto now = [&] {
            return std::filesystem::is_regular_file(path) ? content(path) : std::string();
        };
        const std::string before = now();
        const auto opened = es::SqliteKeys::open(path, options);
        CAPTURE(name, message_of(opened));
        CHECK(fails_with(kind, opened));
        CHECK(message_of(opened).find(says) != std::string::npos);
        CHECK(now() == before);
    };
    refused("other.db", es::errc::corrupt,
            "is a SQLite database of another application (application id 77");
    refused("store.db", es::errc::corrupt, "is an event store");
    refused("text.db", es::errc::corrupt, "is not a SQLite database; it was left as it is");
    for (const auto how : {es::SqliteOpen::create, es::SqliteOpen::existing}) {
        refused("empty.db", es::errc::corrupt,
                "the file is empty, and a key file never is; nothing was changed: restore it from "
                "a backup, or remove it if there never were keys in it",
                {.open = how});
        refused("half.db", es::errc::corrupt,
                "the file was cut short: it has 4096 bytes, expected 20480; it was left as it is: "
                "restore it from a backup",
                {.open = how});
        refused("head.db", es::errc::corrupt, "the file was cut short: it has 60 bytes",
                {.open = how});
    }
    refused("later.db", es::errc::unsupported, "use a later eventsourcing library");
    refused("folder", es::errc::invalid, "expected a file, found a directory");
    refused(":memory:", es::errc::invalid, "es::MemoryKeys");
    refused("", es::errc::invalid, "expected the path of a file");
    refused("missing.db", es::errc::not_found, "there is no such file",
            {.open = es::SqliteOpen::existing});
    refused("missing/keys.db", es::errc::not_found, "there is no such folder");
    refused("keys.db", es::errc::invalid,
            "SqliteKeysOptions::open: expected create or existing, got read_only",
            {.open = es::SqliteOpen::read_only});
    refused("keys.db", es::errc::invalid,
            "SqliteKeysOptions::busy_timeout: expected 0 ms or more, got -1 ms",
            {.busy_timeout = std::chrono::milliseconds{-1}});
    CHECK_FALSE(std::filesystem::exists(folder / "missing.db"));
    std::ofstream(folder / "lost.db-wal") << "log";
    refused("lost.db", es::errc::corrupt, "may hold keys");
    CHECK(fails_with(es::errc::corrupt, es::SqliteStore::open(folder / "later.db")));
}

TEST_CASE("A damaged key file says so and is not written to") {
    const Folder folder;
    const auto change = [&](const std::string& name, const std::string& sql) {
        {
            const auto keys = open_keys(folder / name);
            REQUIRE(keys.seal("person:42", "Ann"));
        }
        Raw raw(folder / name);
        raw.run("PRAGMA writable_schema = ON");
        raw.run(sql);
    };
    change("key.db", "UPDATE es_keys SET key = x'00'");
    const auto keys = open_keys(folder / "key.db");
    CHECK(fails_with(es::errc::corrupt, keys.seal("person:42", "Ann")));
    CHECK(message_of(keys.seal("person:42", "Ann")).find("restore the file from a backup") !=
          std::string::npos);

    change("file.db", "DELETE FROM es_key_file");
    CHECK(fails_with(es::errc::corrupt, es::SqliteKeys::open(folder / "file.db")));
    change("table.db", "DROP TABLE es_keys");
    CHECK(fails_with(es::errc::corrupt,
                     es::SqliteKeys::open(folder / "table.db")->seal("person:43", "Bob")));
}

TEST_CASE("Keys whose file was moved away make no new key, and go on when it is back") {
    const Folder folder;
    const std::string path = folder / "keys.db";
    const auto keys = open_keys(path);
    const auto ann = *keys.seal("person:42", "Ann");
    std::filesystem::rename(path, folder / "away.db");
    CHECK(fails_with(es::errc::unavailable, keys.seal("person:43", "Bob")));
    CHECK(fails_with(es::errc::unavailable, keys.erase("person:42")));
    std::filesystem::rename(folder / "away.db", path);
    CHECK(keys.seal("person:43", "Bob"));
    CHECK(*keys.open(ann) == "Ann");
    CHECK(*keys.erase("person:42"));
}

TEST_CASE("In a forked child the keys of the parent are closed, and the parent's go on",
          "[waits]") {
    const Folder folder;
    const std::string path = folder / "keys.db";
    {
        auto keys = open_keys(path);
        const auto ann = *keys.seal("person:42", "Ann");
        CHECK(sqlite_tests::exit_code(sqlite_tests::in_child([&] {
                  const bool refused =
                      fails_with(es::errc::closed, keys.open(ann)) &&
                      fails_with(es::errc::closed, keys.erase("person:42")) &&
                      fails_with(es::errc::closed, keys.blind("a", "b")) &&
                      fails_with(es::errc::unsupported, es::SqliteKeys::open(path));
                  {
                      const auto last = std::move(keys);
                  }
                  return refused ? 0 : 1;
              })) == 0);
        CHECK(*keys.open(ann) == "Ann");
        CHECK(*keys.erase("person:42"));
    }
    CHECK_FALSE(std::filesystem::exists(path + "-wal"));
}

TEST_CASE("The log of new keys stays short") {
    const Folder folder(sqlite_tests::fast_place());
    const std::string path = folder / "keys.db";
    const auto keys = open_keys(path);
    for (int i = 0; i < 600; ++i)
        REQUIRE(keys.seal("person:" + std::to_string(i), i));
    CHECK(std::filesystem::file_size(path + "-wal") <= (5U << 20U));
}

TEST_CASE("More subjects than are kept in memory open as well") {
    const Folder folder(sqlite_tests::fast_place());
    const std::string path = folder / "keys.db";
    const auto keys = open_keys(path);
    const auto first = *keys.seal("person:first", 1);
    {
        Raw raw(path); // faster than sealing: each key costs a sync
        raw.run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10100) "
                "INSERT INTO es_keys(id, subject, key) SELECT i, 'person:' || i, randomblob(32) "
                "FROM n");
    }
    for (int i = 1; i <= 10'100; ++i) {
        const auto sealed = keys.seal("person:" + std::to_string(i), i);
        REQUIRE(sealed);
        REQUIRE(*keys.open(*sealed) == i);
    }
    CHECK(*keys.open(first) == 1);
}

} // namespace sqlite_keys_tests
