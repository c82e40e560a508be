// SPDX-License-Identifier: MIT
#include <eventsourcing/engines/shared/group_commit.hpp>

#include "catch.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace {

namespace es = eventsourcing;
using es::detail::shared::AppendRequest;
using es::detail::shared::CommitQueue;
using es::detail::shared::EngineState;
using es::detail::shared::GroupCommit;
using es::detail::shared::GroupWriter;
using es::detail::shared::WriteRequest;
using es::detail::shared::Written;

/// A database in memory. It does what the data of an event says: `refuse`, or `roll back` with all
/// that was appended before.
class FakeWriter final : public GroupWriter {
public:
    es::Result<void> begin() override {
        open_ = ++begins < first_begin_that_fails || begin_error == es::errc{};
        return open_ ? es::Result<void>{} : es::Result<void>(begin_error);
    }
    es::Result<Written> write(const WriteRequest& request) override {
        const std::string_view data = std::get<const AppendRequest*>(request)->events[0].data;
        if (data == "refuse")
            return es::errc::conflict;
        if (data == "roll back") {
            open_ = false;
            pending_.clear();
            return es::Error(es::errc::denied, "not this one");
        }
        pending_.emplace_back(data);
        return Written{.receipt = {.first = {},
                                   .last = {},
                                   .position = es::Position{stored.size() + pending_.size()}}};
    }
    bool has_written() const override { return !pending_.empty(); }
    bool in_transaction() const override { return open_; }
    es::Result<void> commit() noexcept override {
        ++commits;
        if (commit_error != es::errc{})
            return commit_error;
        stored.insert(stored.end(), pending_.begin(), pending_.end());
        pending_.clear();
        open_ = false;
        return {};
    }
    void roll_back() noexcept override {
        ++ends;
        pending_.clear();
        open_ = false;
    }

    es::errc begin_error{};
    int first_begin_that_fails = 1;
    es::errc commit_error{};
    int begins = 0;
    int commits = 0;
    int ends = 0;
    std::vector<std::string> stored;

private:
    bool open_ = false;
    std::vector<std::string> pending_;
};

/// A leader and the callers that wait for it, each with one event whose data is given.
struct Callers {
    explicit Callers(std::vector<std::string> all) {
        for (auto& data : all) {
            Asked& asked = asked_.emplace_back();
            asked.data = std::move(data);
            asked.event.data = asked.data;
            asked.request.emplace(
                AppendRequest{"combat-ogre", std::nullopt, {&asked.event, 1}, {}, condition, call});
            REQUIRE(queue.join(asked.caller.emplace(*asked.request)));
        }
    }
    CommitQueue::Caller& leader() { return *asked_[0].caller; }
    const es::Result<Written>& answer(std::size_t i) { return asked_[i].caller->answer; }

    const EngineState state{"store"};
    CommitQueue queue{100, state};

private:
    struct Asked {
        std::string data;
        es::NewEvent event;
        std::optional<AppendRequest> request;
        std::optional<CommitQueue::Caller> caller;
    };
    const es::AppendCondition condition;
    const es::CallOptions call;
    std::deque<Asked> asked_;
};

} // namespace

TEST_CASE("The callers that wait share the commit of the leader, each with its own answer") {
    FakeWriter writer;
    Callers callers({"a", "refuse", "b"});
    GroupCommit group(writer, callers.queue, callers.leader());
    REQUIRE(group.run());
    CHECK(group.has_committed());
    CHECK(group.size() == 3);
    CHECK(writer.begins == 1);
    CHECK(writer.commits == 1);
    CHECK(writer.ends == 1);
    CHECK(writer.stored == std::vector<std::string>{"a", "b"});
    CHECK(callers.answer(0)->receipt.position == es::Position{1});
    CHECK(callers.answer(1).error() == es::errc::conflict);
    CHECK(callers.answer(2)->receipt.position == es::Position{2});
}

TEST_CASE("If the transaction does not begin, the leader gets the error and no caller was taken") {
    FakeWriter writer;
    writer.begin_error = es::errc::unavailable;
    Callers callers({"a", "b"});
    GroupCommit group(writer, callers.queue, callers.leader());
    REQUIRE(group.run());
    CHECK_FALSE(group.has_committed());
    CHECK(group.size() == 1);
    CHECK(callers.answer(0).error() == es::errc::unavailable);
    CHECK(callers.queue.waiting() == 1);
    CHECK(writer.commits == 0);
}

TEST_CASE("A group without anything to write is not committed") {
    FakeWriter writer;
    Callers callers({"refuse", "refuse"});
    GroupCommit group(writer, callers.queue, callers.leader());
    REQUIRE(group.run());
    CHECK_FALSE(group.has_committed());
    CHECK(writer.commits == 0);
    CHECK(callers.answer(1).error() == es::errc::conflict);
}

TEST_CASE("The appends that a rollback has undone are made again, without the cause") {
    FakeWriter writer;
    Callers callers({"a", "roll back", "b"});
    GroupCommit group(writer, callers.queue, callers.leader());
    REQUIRE(group.run());
    CHECK(group.has_committed());
    CHECK(writer.begins == 2);
    CHECK(writer.ends == 2);
    CHECK(writer.stored == std::vector<std::string>{"a"});
    CHECK(callers.answer(0)->receipt.position == es::Position{1});
    CHECK(callers.answer(1).error() == es::errc::denied);
    CHECK(callers.queue.waiting() == 1); // "b" is for the next leader
}

TEST_CASE("Appends that a rollback has taken away, and that can't be made again, were not done") {
    FakeWriter writer;
    writer.begin_error = es::errc::unavailable;
    writer.first_begin_that_fails = 2;
    Callers callers({"a", "b", "roll back"});
    GroupCommit group(writer, callers.queue, callers.leader());
    REQUIRE(group.run());
    CHECK_FALSE(group.has_committed());
    CHECK(writer.begins == 2);
    CHECK(writer.stored.empty());
    for (std::size_t i = 0; i < 2; ++i) {
        REQUIRE_FALSE(callers.answer(i));
        CHECK(callers.answer(i).error() == es::errc::unavailable);
        CHECK(callers.answer(i).error().outcome() == es::Outcome::not_done);
    }
    CHECK(callers.answer(2).error() == es::errc::denied);
}

TEST_CASE("A rollback by the first append of a group takes nothing away") {
    FakeWriter writer;
    Callers callers({"roll back"});
    GroupCommit group(writer, callers.queue, callers.leader());
    REQUIRE(group.run());
    CHECK(writer.begins == 1);
    CHECK(callers.answer(0).error() == es::errc::denied);
}

TEST_CASE("After a commit that failed no append is said to be done") {
    const auto kind = GENERATE(es::errc::unavailable, es::errc::unknown_outcome);
    const bool unknown = kind == es::errc::unknown_outcome;
    FakeWriter writer;
    writer.commit_error = kind;
    Callers callers({"refuse", "a", "refuse"});
    GroupCommit group(writer, callers.queue, callers.leader());
    const auto done = group.run();
    CHECK(done.has_value() == !unknown);
    CHECK_FALSE(group.has_committed());
    CHECK(callers.answer(0).error() == es::errc::conflict); // whatever becomes of the others
    CHECK(callers.answer(1).error() == kind);
    // the reason for this refusal may never have been stored
    CHECK(callers.answer(2).error() == (unknown ? es::errc::failed : kind));
}
