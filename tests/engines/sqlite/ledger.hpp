// SPDX-License-Identifier: MIT
// What was sent to a store, what it answered, and whether the store keeps its word.
#ifndef EVENTSOURCING_TESTS_ENGINES_SQLITE_LEDGER_HPP
#define EVENTSOURCING_TESTS_ENGINES_SQLITE_LEDGER_HPP

#include "engines/sqlite/support.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sqlite_tests {

/// What the sender of a batch knows of it.
enum class Known : std::uint8_t { not_done, unknown, acknowledged };

/// A batch that can be sent again and again. It stays where it is.
class SentBatch {
public:
    SentBatch(std::string_view stream, std::optional<es::ExpectedRevision> expected,
              std::size_t size, const std::string& text, std::vector<std::string> tags,
              es::AppendCondition condition = {})
        : stream_(*es::StreamName::parse(stream)),
          expected_(expected),
          condition_(std::move(condition)),
          tags_(std::move(tags)),
          tag_views_(tags_.begin(), tags_.end()) {
        for (std::size_t i = 0; i < size; ++i) {
            texts_.push_back("{\"n\":" + std::to_string(i) + ",\"of\":" + std::to_string(size) +
                             ",\"text\":\"" + text + "\"}");
            events_.push_back(event("combat.entity_attacked", texts_.back(), tag_views_));
        }
    }
    SentBatch(const SentBatch&) = delete;
    SentBatch& operator=(const SentBatch&) = delete;

    /// Sends it, for the first time or again; what the answer was, and no more, is known then.
    es::Result<es::Receipt> send(es::SqliteStore store) {
        const es::EventBatch batch(events_);
        auto done = expected_ ? store.append(stream_, *expected_, batch, condition_)
                              : store.append_unchecked(stream_, batch);
        if (!done) {
            if (done.error().outcome() == es::Outcome::unknown && known_ == Known::not_done)
                known_ = Known::unknown;
            return done;
        }
        if (receipt_ && *receipt_ != *done)
            complaint_ = "it was answered with two receipts";
        known_ = Known::acknowledged;
        receipt_ = *done;
        return done;
    }

    [[nodiscard]] Known known() const { return known_; }
    [[nodiscard]] const std::string& stream() const { return stream_.str(); }
    [[nodiscard]] const Events& events() const { return events_; }
    [[nodiscard]] const std::optional<es::Receipt>& receipt() const { return receipt_; }
    [[nodiscard]] const std::string& complaint() const { return complaint_; }
    /// After a loss that was allowed.
    void forget() {
        known_ = Known::not_done;
        receipt_.reset();
    }

private:
    es::StreamName stream_;
    std::optional<es::ExpectedRevision> expected_;
    es::AppendCondition condition_;
    std::vector<std::string> tags_;
    std::vector<std::string_view> tag_views_;
    std::deque<std::string> texts_;
    Events events_;
    Known known_ = Known::not_done;
    std::optional<es::Receipt> receipt_;
    std::string complaint_;
};

/// How true a store must be to its acknowledgements.
enum class Promise : std::uint8_t {
    all_acknowledged,
    prefix_of_acknowledged, ///< the last ones may be missing, from the end
};

class Ledger {
public:
    template <class... Args>
    SentBatch& add(Args&&... args) {
        return batches_.emplace_back(std::forward<Args>(args)...);
    }
    std::deque<SentBatch>& batches() { return batches_; }

    /// What the store has that it must not have, or has not that it must; empty if nothing.
    ///
    /// Positions and revisions are contiguous, batches whole, in one place and unchanged;
    /// acknowledged ones are where their receipts say, those of which nothing was done are not
    /// there.
    [[nodiscard]] std::string complaint(const es::SqliteStore& store, Promise promise) const {
        std::map<es::Uuid, Place> expected;
        for (const SentBatch& batch : batches_)
            for (std::size_t i = 0; i < batch.events().size(); ++i)
                expected[batch.events()[i].id] = {&batch, i};

        std::map<const SentBatch*, es::Receipt> found;
        std::map<std::string, std::uint64_t, std::less<>> revisions;
        std::uint64_t position = 0;
        const SentBatch* open = nullptr; // which has not come to its end
        for (es::AllRead which;;) {
            const auto page = store.read_all(which);
            if (!page)
                return "it can't be read: " + page.error().message();
            for (const es::EventRecord& record : *page) {
                const std::string where = "position " + std::to_string(position + 1) + ": ";
                if (record.position != es::Position{++position})
                    return where + "found " + std::to_string(record.position->value());
                const es::Revision revision{revisions[std::string(record.stream)]++};
                if (record.revision != revision)
                    return where + "found another revision than the next";
                const auto at = expected.find(record.id);
                if (at == expected.end())
                    return where + "an event that nobody sent, or that is there twice";
                const auto [batch, index] = at->second;
                expected.erase(at);
                if (open != (index == 0 ? nullptr : batch))
                    return where + "a batch is torn";
                open = index + 1 == batch->events().size() ? nullptr : batch;
                if (record.stream != batch->stream() ||
                    !es::detail::same_content(record, batch->events()[index]))
                    return where + "the event has changed";
                es::Receipt& receipt = found[batch];
                if (index == 0)
                    receipt.first = revision;
                receipt.last = revision;
                receipt.position = record.position;
            }
            if (page->at_end)
                break;
            which.after = page->last_position;
        }
        if (open)
            return "the last batch is torn";
        return compare(found, position, promise);
    }

    /// Where acknowledged batches were lost and may have been: they count as not done from now on.
    /// How many there are.
    int forget_what_is_lost(const es::SqliteStore& store) {
        int lost = 0;
        std::uint64_t last = 0;
        for (const es::Position& position : all_positions(store))
            last = position.value();
        for (SentBatch& batch : batches_)
            if (batch.receipt() && batch.receipt()->position->value() > last) {
                batch.forget();
                ++lost;
            }
        return lost;
    }

private:
    struct Place {
        const SentBatch* batch;
        std::size_t index;
    };

    [[nodiscard]] std::string compare(const std::map<const SentBatch*, es::Receipt>& found,
                                      std::uint64_t last, Promise promise) const {
        std::size_t number = 0;
        for (const SentBatch& batch : batches_) {
            const std::string which = "batch " + std::to_string(++number) + ": ";
            if (!batch.complaint().empty())
                return which + batch.complaint();
            const auto at = found.find(&batch);
            const bool is_there = at != found.end();
            if (batch.known() == Known::not_done && is_there)
                return which + "it is there, though the error said that nothing was done";
            if (batch.known() != Known::acknowledged)
                continue;
            const bool may_lack = promise == Promise::prefix_of_acknowledged &&
                                  batch.receipt()->position->value() > last;
            if (!is_there && !may_lack)
                return which + "it is lost, though it was acknowledged";
            if (is_there && at->second != *batch.receipt())
                return which + "it is not where its receipt says";
        }
        return {};
    }

    std::deque<SentBatch> batches_;
};

} // namespace sqlite_tests

#endif
