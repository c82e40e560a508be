// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_APPEND_HPP
#define EVENTSOURCING_STORE_MEMORY_APPEND_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/conflict.hpp>
#include <eventsourcing/store/head.hpp>
#include <eventsourcing/store/memory/draft.hpp>
#include <eventsourcing/store/memory/events.hpp>
#include <eventsourcing/store/memory/id_index.hpp>
#include <eventsourcing/store/memory/sources.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// What an append to a memory store requires; null for nothing.
struct MemoryTerms {
    const ExpectedRevision* expected = nullptr;
    const AppendCondition* condition = nullptr;
};

/// A part of an append to several streams. It has no source if it only checks the expectation.
struct MemoryAppend {
    StreamNameView stream;
    const ExpectedRevision* expected;
    std::optional<ByteEvents> source;

    [[nodiscard]] std::size_t size() const { return source ? source->size() : 0; }
};

/// Appends events to those of a memory store, none of which is stored already. It does everything
/// that can fail before the first change that a reader could see.
template <class T = void>
class MemoryAppenderOf {
public:
    explicit MemoryAppenderOf(MemoryEventsOf<T>& all) : all_(all) {}

    template <class Source>
    Result<Receipt> append(StreamNameView name, const MemoryTerms& terms, const Source& source) {
        MemoryStream* const stream = all_.find_stream(name);
        if (terms.expected)
            if (auto met = check_expected(name, stream, *terms.expected); !met)
                return std::move(met).error();
        if (terms.condition && !terms.condition->none())
            if (auto met = check_condition(*terms.condition); !met)
                return std::move(met).error();
        const std::size_t count = source.size();
        if (auto room = reserve(count); !room)
            return std::move(room).error();
        MemoryDraftOf<T> draft(all_, all_.head);
        draft.make(name, stream, source);
        draft.publish(source);
        return draft.receipt(count);
    }

    /// All of the parts or nothing. Their streams differ.
    Result<std::vector<std::optional<Receipt>>>
    append_all(std::span<const Dependent<MemoryAppend, T>> parts) {
        std::size_t count = 0;
        for (const MemoryAppend& part : parts) {
            const MemoryStream* const stream = all_.find_stream(part.stream);
            if (auto met = check_expected(part.stream, stream, *part.expected); !met)
                return std::move(met).error();
            count += part.size();
        }
        std::vector<Dependent<std::optional<Receipt>, T>> receipts(parts.size());
        if (auto room = reserve(count); !room)
            return std::move(room).error();
        std::deque<MemoryDraftOf<T>> drafts;
        std::uint64_t head_before = all_.head;
        for (const MemoryAppend& part : parts)
            if (part.source) {
                drafts.emplace_back(all_, head_before)
                    .make(part.stream, all_.find_stream(part.stream), *part.source);
                head_before += part.size();
            }
        auto draft = drafts.begin();
        for (std::size_t i = 0; i < parts.size(); ++i)
            if (parts[i].source) {
                draft->publish(*parts[i].source);
                receipts[i] = draft->receipt(parts[i].size());
                ++draft;
            }
        return receipts;
    }

private:
    static Result<void> check_expected(StreamNameView name, const MemoryStream* stream,
                                       ExpectedRevision expected) {
        const auto last = stream ? std::optional(Revision{stream->size - 1}) : std::nullopt;
        if (!meets(last, expected))
            return conflict_error(name, expected, last);
        return {};
    }

    [[nodiscard]] Result<void> check_condition(const AppendCondition& condition) const {
        if (auto good =
                check_position(condition.after, Position{all_.head}, "AppendCondition::after");
            !good)
            return good;
        const auto position = all_.index.match_after(condition, all_.head, all_.log);
        if (position == 0)
            return {};
        const MemoryPlace& match = all_.log.at(position);
        return condition_error(match.type(), Position{position}, match.block->stream->name);
    }

    /// Room for `count` more events in what all of them share.
    Result<void> reserve(std::size_t count) {
        if (count > max_memory_position - all_.head)
            return Error(errc::overflow, "the memory store is full: it counts to 2^48 events");
        all_.log.reserve(all_.head + count);
        all_.ids.reserve(count, all_.log);
        return {};
    }

    MemoryEventsOf<T>& all_;
};

} // namespace eventsourcing::detail

#endif
