// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_SNAPSHOT_DATA_HPP
#define EVENTSOURCING_RUNTIME_SNAPSHOT_DATA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/codec/storable.hpp>
#include <eventsourcing/core/aggregate_state.hpp>
#include <eventsourcing/core/explain.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// Whether all parts of a state can be written as JSON and read back.
template <class State>
concept StorableState = std::default_initializable<State> &&
                        !decltype(search<HasStorableForm, SubjectOf<State>>(NothingIn<>{}))::found;

/// Never made: its arguments tell which part of a state can't be stored.
template <class State, Text Member, class Type>
struct StatePartWithoutJson;
template <class State, class Part, Text Path>
consteval auto state_part(FoundAt<Part, Path> /*found*/)
    -> StatePartWithoutJson<State, Path, Part>*;
template <class State, class... Seen>
consteval auto state_part(NothingIn<Seen...> /*all right*/) -> State*;

/// Says in the compiler's first error line that a state can't be kept as a snapshot.
template <class A>
consteval bool explain_snapshot_state() {
    using State = SubjectOf<typename A::State>;
    constexpr bool storable = StorableState<typename A::State>;
    EVENTSOURCING_EXPLAIN(
        storable,
        "a snapshot is the state as JSON, and a part of this State has no JSON form; give "
        "the type named here a form (`json_value`, `members`, ...), or leave .snapshot_every out",
        A, decltype(state_part<State>(search<HasStorableForm, State>(NothingIn<>{}))));
    return true;
}

/// The FNV-1a hash of a text, which differs if one byte does.
[[nodiscard]] constexpr std::uint64_t checksum(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    return hash;
}
[[nodiscard]] inline std::string checksum_text(std::string_view text) {
    std::string out(16, '0');
    std::uint64_t left = checksum(text);
    for (std::size_t i = out.size(); i-- > 0; left >>= 4U)
        out[i] = "0123456789abcdef"[left & 0xFU];
    return out;
}

/// A state as a snapshot keeps it, with its generation, which not every state writes by itself, and
/// a checksum of all that follows it: `{"checksum":"0123456789abcdef","generation":12,"state":{}}`.
template <class State>
struct SnapshotData {
    std::uint64_t generation = 0;
    SubjectOf<State> state{};
};

inline constexpr std::string_view before_checksum = "{\"checksum\":\"";
inline constexpr std::size_t checked_from = before_checksum.size() + 16;

template <class State>
Result<std::string> encode_snapshot(const State& state) {
    Result<std::string> out;
    *out = joined({before_checksum, "0000000000000000",
                   "\",\"generation\":", std::to_string(state.generation.value()), ",\"state\":"});
    if (auto done = encode_json_to(*out, subject(state)); !done)
        return std::move(done).error();
    *out += '}';
    out->replace(before_checksum.size(), 16,
                 checksum_text(std::string_view(*out).substr(checked_from)));
    return out;
}

template <class State>
Result<State> decode_snapshot(std::string_view data) {
    if (data.size() < checked_from || !data.starts_with(before_checksum) ||
        data.substr(before_checksum.size(), 16) != checksum_text(data.substr(checked_from)))
        return Error(errc::corrupt, "its checksum is wrong");
    auto read = decode_json<SnapshotData<State>>(data);
    if (!read)
        return std::move(read).error();
    Result<State> state(std::in_place);
    subject(*state) = std::move(read->state);
    state->generation = Generation{read->generation};
    return state;
}

} // namespace eventsourcing::detail

#endif
