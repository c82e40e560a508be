// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_GIVEN_HISTORY_HPP
#define EVENTSOURCING_TESTING_GIVEN_HISTORY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/upcast.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/runtime/events_of.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/memory_store.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/testing/given_event.hpp>

#include <cstddef>
#include <string>
#include <utility>

namespace eventsourcing::detail {

/// Given events as records in a store: written as JSON, to be read back.
class GivenHistory {
public:
    /// Stores one more event, and calls `use` with its record.
    template <class E, class Use>
    Result<void> add(const GivenEvent<E>& given, Use use) {
        auto done = add_one(given, use);
        if (!done)
            done = std::move(done).error().within(joined({"event ", std::to_string(count_)}));
        ++count_;
        return done;
    }

    [[nodiscard]] const MemoryStore& store() const { return store_; }

private:
    template <class E, class Use>
    Result<void> add_one(const GivenEvent<E>& given, Use& use) {
        const auto name = given.stream.empty() ? Result<StreamNameView>(StreamNameView("given-1"))
                                               : StreamNameView::parse(given.stream);
        if (!name)
            return name.error();
        const Uuid id = store_.environment().new_id();
        const Batch<E> batch({&given.event, 1}, {&id, 1}, given.recorded_at, &given.metadata);
        const auto stored = store_.append_unchecked(*name, batch);
        if (!stored)
            return stored.error();
        const auto page = store_.read_stream(*name, {.from = stored->first});
        if (!page)
            return page.error();
        return use(page->records().front());
    }

    MemoryStore store_{};
    std::size_t count_ = 0;
};

template <class List, class Others>
inline constexpr bool are_all_among = false;
template <class... Types, class Others>
inline constexpr bool are_all_among<TypeList<Types...>, Others> = (is_one_of<Types, Others> && ...);

/// Whether an event may be given to what follows the events of `Named`, of which it takes `Taken`:
/// one of them, a variant of some, or an older form.
template <class E, class Named, class Taken>
inline constexpr bool may_be_given = are_all_among<Alternatives<E>, Named> ||
                                     is_one_of<E, ReadableForms<typename VariantOf<Taken>::Type>>;

} // namespace eventsourcing::detail

#endif
