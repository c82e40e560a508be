// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "engines/sqlite/checkpoint_watch.hpp"
#include "engines/sqlite/child_program.hpp"
#include "engines/sqlite/support.hpp"
#include "engines/sqlite/vfs_shim.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <poll.h>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

using namespace sqlite_tests;

namespace {

const es::SqliteOptions often{.busy_timeout = 1h, .checkpoint_frames = 50};

/// What a writing process tells its parent for each append that was acknowledged: whole, in one
/// write, and before it appends again.
struct Acknowledgement {
    std::array<std::uint8_t, 16> first_id;
    std::uint64_t position; // of the last event
    std::uint64_t events;
    std::uint64_t unprotected; // writes to the main file without the write lock, so far
};

/// Appends batches of one to three events as fast as it can until the parent says no more; half of
/// them to the stream that all share, half to `stream`, which is its own. 0 if all went well.
int write_until_told(es::SqliteStore store, es::StreamNameView stream,
                     const CheckpointWatch& watch) {
    auto own = store.read_stream(stream, {.direction = es::Direction::backward, .limit = 1});
    if (!own)
        return 1;
    auto expected = own->empty() ? es::ExpectedRevision::no_stream()
                                 : es::ExpectedRevision::exactly(own->records()[0].revision);
    for (std::size_t n = 0;; ++n) {
        pollfd end{from_parent, POLLIN, 0};
        if (::poll(&end, 1, 0) != 0)
            return 0;
        std::vector<std::string> texts;
        for (std::size_t i = 0, size = 1 + n % 3; i < size; ++i)
            texts.push_back("{\"index\":" + std::to_string(i) + ",\"of\":" + std::to_string(size) +
                            "}");
        Events events;
        for (const std::string& text : texts)
            events.push_back(event("combat.entity_attacked", text));
        const es::EventBatch batch(events);
        const bool shared = n % 2 == 0;
        const auto done = shared ? store.append_unchecked("combat-shared", batch)
                                 : store.append(stream, expected, batch);
        if (!done)
            return 2;
        if (!shared)
            expected = es::ExpectedRevision::exactly(done->last);
        const Acknowledgement said{events[0].id.bytes(), done->position->value(), events.size(),
                                   static_cast<std::uint64_t>(watch.counts().unprotected)};
        if (::write(to_parent, &said, sizeof said) != sizeof said)
            return 3;
    }
}

/// Reads all that is appended, from the first event on, as a subscriber does.
class Tail {
public:
    explicit Tail(const es::SqliteStore& store)
        : store_(store),
          thread_([this](const std::stop_token& stop) { read(stop); }) {}

    /// Reads to the end and answers what it has seen.
    std::vector<es::Uuid> finish() {
        thread_.request_stop();
        thread_.join();
        return std::move(seen_);
    }
    [[nodiscard]] const std::string& complaint() const { return complaint_; }

private:
    void read(const std::stop_token& stop) {
        es::AllRead which;
        for (bool last = false;; last = stop.stop_requested()) {
            const auto page = store_.read_all(which);
            if (!page)
                return complain(page.error().message());
            for (const es::EventRecord& record : *page) {
                if (record.position != es::Position{seen_.size() + 1})
                    return complain("after " + std::to_string(seen_.size()) + " events it sees " +
                                    std::to_string(record.position->value()));
                seen_.push_back(record.id);
            }
            which.after = page->last_position;
            if (!page->at_end)
                continue;
            if (last)
                return;
            const auto soon = std::chrono::steady_clock::now() + 50ms;
            if (const auto more = store_.wait_for_append(which.after, {.deadline = soon}); !more)
                return complain(more.error().message());
        }
    }
    void complain(const std::string& what) { complaint_ = what; }

    es::SqliteStore store_;
    std::vector<es::Uuid> seen_;
    std::string complaint_;
    std::jthread thread_; // the last, since it uses the others
};

/// A writing process and what it says.
class WritingProcess {
public:
    WritingProcess(const std::string& path, int number)
        : process_("[.sqlite-writer]", path + " " + std::to_string(number)) {}

    ChildProgram& process() { return process_; }
    /// Takes what has come; false at the end of it.
    bool listen(std::vector<Acknowledgement>& to) {
        Acknowledgement said{};
        const auto size = ::read(process_.answers(), &said, sizeof said);
        if (size <= 0)
            return false;
        REQUIRE(size == sizeof said); // it is less than a pipe writes at once
        to.push_back(said);
        return true;
    }

private:
    ChildProgram process_;
};

/// Listens to four processes, kills one of them `kills` times, at a random moment after it has
/// appended, and starts it again.
std::vector<Acknowledgement> kill_again_and_again(const std::string& path, int kills,
                                                  std::mt19937& random) {
    std::vector<Acknowledgement> said;
    std::array<std::unique_ptr<WritingProcess>, 4> writers;
    for (std::size_t i = 0; i < 4; ++i)
        writers[i] = std::make_unique<WritingProcess>(path, static_cast<int>(i));
    const auto listen_for = [&](std::chrono::microseconds time, std::size_t victim) {
        const auto end = std::chrono::steady_clock::now() + time;
        for (bool heard = false; !heard || std::chrono::steady_clock::now() < end;) {
            std::array<pollfd, 4> ready{};
            for (std::size_t i = 0; i < 4; ++i)
                ready[i] = {writers[i]->process().answers(), POLLIN, 0};
            ::poll(ready.data(), ready.size(), 1);
            for (std::size_t i = 0; i < 4; ++i)
                if (ready[i].revents != 0) {
                    REQUIRE(writers[i]->listen(said)); // or it has ended by itself
                    heard = heard || i == victim;
                }
        }
    };
    for (int i = 0; i < kills; ++i) {
        const std::size_t victim = random() % 4;
        listen_for(std::chrono::microseconds(random() % 20'000), victim);
        writers[victim]->process().kill();
        while (writers[victim]->listen(said)) {
        }
        writers[victim] = std::make_unique<WritingProcess>(path, static_cast<int>(victim));
    }
    listen_for(20ms, 0);
    for (const auto& writer : writers)
        writer->process().say_no_more();
    for (const auto& writer : writers) {
        while (writer->listen(said)) {
        }
        CHECK(writer->process().wait() == 0);
    }
    return said;
}

/// What is there is contiguous, and each batch of it whole. The ids in order.
std::vector<es::Uuid> check_content(const es::SqliteStore& store) {
    std::vector<es::Uuid> ids;
    std::map<std::string, std::uint64_t, std::less<>> next;
    unsigned index = 0; // within the batch
    for (es::AllRead which;;) {
        const auto page = store.read_all(which);
        REQUIRE(page);
        for (const es::EventRecord& record : *page) {
            ids.push_back(record.id);
            REQUIRE(record.position == es::Position{ids.size()});
            REQUIRE(record.revision == es::Revision{next[std::string(record.stream)]++});
            unsigned found = 0;
            unsigned size = 0;
            REQUIRE(std::sscanf(std::string(record.data).c_str(), R"({"index":%u,"of":%u})", &found,
                                &size) == 2);
            REQUIRE(found == index);
            index = (index + 1) % size;
        }
        if (page->at_end)
            break;
        which.after = page->last_position;
    }
    CHECK(index == 0);
    CHECK(next.size() > 2);
    return ids;
}

/// What there was, in words.
std::string kill_writers(int kills) {
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const Folder folder(fast_place());
    const std::string path = folder / "combat.db";
    auto store = open_store(path);
    std::array<std::unique_ptr<Tail>, 2> tails;
    for (auto& tail : tails)
        tail = std::make_unique<Tail>(store);
    const auto said = kill_again_and_again(path, kills, random);

    const auto ids = check_content(store);
    std::uint64_t acknowledged = 0;
    for (const Acknowledgement& each : said) {
        acknowledged += each.events;
        REQUIRE(each.position <= ids.size());
        REQUIRE(ids[each.position - each.events] == es::Uuid(each.first_id));
        CHECK(each.unprotected == 0);
    }
    // each process that was killed may have done one append more than it could say
    CHECK(ids.size() - acknowledged <= 3U * static_cast<unsigned>(kills));
    for (auto& tail : tails) {
        CHECK(tail->finish() == ids);
        CHECK(tail->complaint() == "");
    }
    const auto report = store.verify();
    REQUIRE(report);
    CHECK(report->problems == std::vector<std::string>{});
    return std::to_string(kills) + " kills, seed " + std::to_string(seed) + ": " +
           std::to_string(said.size()) + " appends acknowledged, " + std::to_string(ids.size()) +
           " events there, " + std::to_string(ids.size() - acknowledged) +
           " of them of appends that could not be acknowledged any more";
}

} // namespace

TEST_CASE("Writing processes are killed, and nothing acknowledged is lost or seen twice",
          "[waits]") {
    INFO(kill_writers(8));
}

TEST_CASE("Writing processes are killed a hundred times", "[.long]") {
    WARN(kill_writers(100));
}

TEST_CASE("What a process does that is killed", "[.sqlite-writer]") {
    if (!child_argument()) {
        SUCCEED("nobody asked for it");
        return;
    }
    std::istringstream argument(child_argument());
    std::string path;
    std::string number;
    argument >> path >> number;
    CheckpointWatch watch(path);
    const VfsShim shim({&watch});
    const auto own = *es::StreamName::of("combat", number);
    CHECK(write_until_told(open_store(path, often), own, watch) == 0);
}
