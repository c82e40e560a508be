// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_MEMORY_REPEATED_HPP
#define EVENTSOURCING_STORE_MEMORY_REPEATED_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/dependent.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/conflict.hpp>
#include <eventsourcing/store/memory/append.hpp>
#include <eventsourcing/store/memory/block.hpp>
#include <eventsourcing/store/memory/events.hpp>
#include <eventsourcing/store/memory/records.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Answers appends of events whose ids are stored already: with the first receipt if the same batch
/// was appended as a whole, at the place that is asked for now, and with `duplicate_id` otherwise.
template <class T = void>
class MemoryRepeatedOf {
public:
    /// Where the events of a batch are; empty if none is stored.
    using Places = std::vector<Dependent<MemoryPlace, T>>;

    explicit MemoryRepeatedOf(const MemoryEventsOf<T>& all) : all_(all) {}

    template <class Source>
    [[nodiscard]] bool knows_any(const Source& source) const {
        for (std::size_t i = 0; i < source.size(); ++i)
            if (all_.find(source.id(i)))
                return true;
        return false;
    }

    template <class Source>
    Result<Places> places(StreamNameView stream, const MemoryTerms& terms,
                          const Source& source) const {
        Places places;
        const MemoryPlace* known = nullptr;
        for (std::size_t i = 0; i < source.size(); ++i)
            if (const MemoryPlace* const found = all_.find(source.id(i))) {
                places.push_back(*found);
                known = known ? known : found;
            }
        if (!known)
            return places;
        bool whole = places.size() == source.size();
        for (std::size_t i = 0; i < places.size(); ++i)
            whole = whole && places[i].block->stream->name == stream.view() &&
                    places[i].revision() == places[0].revision() + i;
        if (!whole)
            return duplicate(*known, not_whole);
        if (terms.expected && !could_start_at(Revision{places[0].revision()}, *terms.expected))
            return duplicate(*known, other_expectation(*terms.expected));
        return places;
    }

    /// Refuses to append the rest of what was appended in part.
    static Result<void> check_all(std::span<const Dependent<MemoryAppend, T>> parts,
                                  std::span<const Places> stored) {
        const MemoryPlace* known = nullptr;
        bool whole = true;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            whole = whole && (!parts[i].source || !stored[i].empty());
            if (!known && !stored[i].empty())
                known = &stored[i].front();
        }
        return whole ? Result<void>{} : duplicate(*known, not_all);
    }

    /// Compares the content. It may run the application's functions, so the caller holds no lock.
    template <class Source>
    static Result<Receipt> receipt(std::span<const MemoryPlace> stored, const Source& source) {
        auto events = source.encoded();
        if (!events)
            return std::move(events).error();
        MemoryRecords records;
        for (std::size_t i = 0; i < stored.size(); ++i) {
            auto record = records.record(stored[i]);
            if (!record)
                return std::move(record).error();
            if (!same_content(*record, (*events)[i]))
                return duplicate(stored[i], other_content);
        }
        return Receipt{.first = Revision{stored.front().revision()},
                       .last = Revision{stored.back().revision()},
                       .position = Position{stored.back().stamp().position},
                       .repeated = true};
    }

private:
    static Error duplicate(const MemoryPlace& at, std::string_view why) {
        return duplicate_error(at.stamp().id, at.block->stream->name, Revision{at.revision()}, why);
    }

    const MemoryEventsOf<T>& all_;
};

} // namespace eventsourcing::detail

#endif
