// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_STORED_AGAIN_HPP
#define EVENTSOURCING_TESTING_STORED_AGAIN_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_codec.hpp>
#include <eventsourcing/codec/json_nlohmann.hpp>
#include <eventsourcing/codec/storable.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/validate.hpp>
#include <eventsourcing/testing/describe.hpp>
#include <eventsourcing/testing/same_value.hpp>

#include <nlohmann/json_fwd.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>

// What becomes of events in a store, without a store: they are written, checked and read back.

namespace eventsourcing::detail {

template <class T>
inline constexpr bool needs_document =
    std::same_as<JsonFormOf<T>, OwnForm> || std::same_as<JsonFormOf<T>, DocumentForm>;

/// What can be stored, and by what this file includes.
template <class J>
struct HasCompilableForm {
    template <class T>
    static consteval bool allows() {
        return HasStorableForm::allows<T>() && (!needs_document<T> || Complete<J>);
    }
};
template <class V, class J = nlohmann::json>
using FirstPartNotStored = FirstPartWithoutJson<V, HasCompilableForm<J>>;

/// Whether events of `V` can be stored again here.
template <class V>
inline constexpr bool stores_again = !FirstPartNotStored<V>::found;

template <class Event, Text Member, class Type>
std::string why_not_stored(PartWithoutJson<Event, Member, Type> /*part*/) {
    const std::string_view member(Member.data, sizeof(Member.data) - 1);
    const std::string event(full_type_name<Event>());
    const std::string part = member.empty() ? event
                                            : event + "::" + std::string(member) + " (" +
                                                  std::string(full_type_name<Type>()) + ")";
    if constexpr (needs_document<Type>)
        if (HasStorableForm::allows<Type>())
            return part + " needs <nlohmann/json.hpp>, which this test does not include";
    return part + " can't be written as JSON and read back";
}

template <class Event>
std::string why_not_stored(EventWithoutDefault<Event> /*part*/) {
    return std::string(full_type_name<Event>()) +
           " has a part without a default, so that there is nothing to read it into";
}

/// Why events of `V` are not stored again; empty if they are.
template <class V>
std::string unchecked_storing() {
    if constexpr (stores_again<V>)
        return {};
    else
        return "not checked: whether the events can be stored, because " +
               why_not_stored(FirstPartNotStored<V>{});
}

template <class T>
consteval bool can_compare();
template <class... Types>
consteval bool can_compare_all(TypeList<Types...> /*types*/) {
    return (can_compare<Types>() && ...);
}
/// Whether `same_value` compiles. No for what has a `members` line and no `==`: the types of its
/// members are not known here.
template <class T>
consteval bool can_compare() {
    if constexpr (compares<T>())
        return true;
    else if constexpr (HasTypesInside<T>)
        return can_compare_all(typename TypesInside<T>::List{});
    else if constexpr (WithMembers<const T> || !CanReflect<T>)
        return false;
    else
        return can_compare_all(FieldTypes<T>{});
}

/// Says how the event that is read back differs from what was written; empty if it does not.
template <class V>
struct Difference {
    const V& again;

    template <class E>
    std::string operator()(const E& event) const {
        const E* other = nullptr;
        if constexpr (is_variant<V>)
            other = std::get_if<E>(&again);
        else
            other = &again;
        if (!other)
            return "    another event is read back\n";
        if constexpr (can_compare<E>())
            if (!same_value(event, *other))
                return describe_difference(event, *other, "    ");
        return {};
    }
};

/// What one event becomes in a store, and out of it again.
template <class V>
std::string fault_when_stored(std::size_t i, const V& event, const NewEvent& record) {
    if (const auto good = check_event(i, record); !good)
        return "  can't be stored: " + good.error().message() + "\n";
    const auto again = EventCodec<V>::decode(record.type, record.version, record.data);
    const std::string head = "  event " + std::to_string(i) + ": ";
    if (!again)
        return head + "can't be read back: " + again.error().message() + "\n";
    const auto difference = visit_alternative(event, Difference<V>{*again});
    return difference.empty()
               ? difference
               : head + std::string(record.type) + " is read back as another value\n" + difference;
}

/// What is wrong with the events once they are stored, as lines for a failed test; empty if
/// nothing is, and where they can't be stored here.
template <class V>
std::string faults_when_stored([[maybe_unused]] std::span<const V> events) {
    std::string faults;
    if constexpr (stores_again<V>) {
        if (events.empty())
            return faults;
        const Batch<V> batch(events);
        const auto records = batch.encoded();
        if (!records)
            return "  can't be stored: " + records.error().message() + "\n";
        if (const auto good = check_batch_size(events.size()); !good)
            return "  can't be stored: " + good.error().message() + "\n";
        for (std::size_t i = 0; i < events.size(); ++i)
            faults += fault_when_stored(i, events[i], (*records)[i]);
    }
    return faults;
}

} // namespace eventsourcing::detail

#endif
