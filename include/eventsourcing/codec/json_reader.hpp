// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CODEC_JSON_READER_HPP
#define EVENTSOURCING_CODEC_JSON_READER_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json_scanner.hpp>
#include <eventsourcing/codec/json_string.hpp>
#include <eventsourcing/codec/small_stack.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

class JsonReader;

/// What the reader of an object must know about the type of a member.
struct JsonMemberType {
    bool (*read)(JsonReader& in, void* member);
    bool may_be_missing;
    std::string (*expected)();
};

/// A scanner that also finds the members of objects by their names, in any order.
///
/// It knows members by address, so that all structs share it. One stack serves all levels of
/// nesting: up to 64 members at once need no allocation.
class JsonReader : public JsonScanner {
public:
    using JsonScanner::JsonScanner;

    /// Called before an object is read into that was read into before: a member that is missing may
    /// not have its default any more.
    void without_defaults() { defaults_ = Defaults::gone; }
    /// Whether reading failed because a default was needed. Then the text must be read again from
    /// its start, into a new object.
    [[nodiscard]] bool wants_defaults() {
        if (defaults_ != Defaults::missed)
            return false;
        restart();
        members_.shrink(0);
        defaults_ = Defaults::there;
        return true;
    }

    [[nodiscard]] std::size_t listed_members() const { return members_.size(); }
    /// The name must live as long as the object is read.
    void list_member(std::string_view name, void* member, const JsonMemberType& type, bool taken) {
        members_.push({name, member, &type, taken});
    }
    /// Reads an object to its end whose members are listed from `from` on. `first`: none of them
    /// was taken yet. Unknown members are skipped.
    bool read_rest(std::size_t from, bool first);

private:
    struct Member {
        std::string_view name;
        void* address;
        const JsonMemberType* type;
        bool taken;
    };

    /// The listed member of this name, or null. Tries `guess` and those after it first.
    Member* find(std::size_t from, std::size_t guess, const JsonString& name) {
        for (std::size_t i = guess; i < members_.size(); ++i)
            if (name.equals(members_[i].name))
                return &members_[i];
        for (std::size_t i = from; i < guess; ++i)
            if (name.equals(members_[i].name))
                return &members_[i];
        return nullptr;
    }
    bool is_named_twice(std::size_t from, std::string_view name) {
        std::size_t count = 0;
        for (std::size_t i = from; i < members_.size(); ++i)
            count += members_[i].name == name ? 1U : 0U;
        return count > 1;
    }
    bool complete(std::size_t from);

    enum class Defaults : std::uint8_t { there, gone, missed };

    Defaults defaults_ = Defaults::there;
    SmallStack<Member, 64> members_;
};

inline bool JsonReader::read_rest(std::size_t from, bool first) {
    std::size_t guess = from;
    const auto unknown = noted_names();
    for (; more(first, '}'); first = false) {
        JsonString name;
        if (!member_name(name))
            return false;
        auto* const found = find(from, guess, name);
        if (found == nullptr) {
            note_name(name);
            if (!skip_value())
                return in_member(name);
            continue;
        }
        if (found->taken)
            return twice(found->name);
        found->taken = true;
        guess = static_cast<std::size_t>(found - members_.from(0)) + 1;
        if (!found->type->read(*this, found->address)) // may list more members, and move these
            return in_member(name);
    }
    return !failed() && check_names(unknown) && complete(from);
}

/// Checks that the members that were not taken may be missing, and clears the list.
inline bool JsonReader::complete(std::size_t from) {
    for (std::size_t i = from; i < members_.size(); ++i) {
        const auto& member = members_[i];
        if (member.taken)
            continue;
        if (is_named_twice(from, member.name)) {
            fail("named twice by the `members` line; expected each name once");
            return in_member(member.name);
        }
        if (!member.type->may_be_missing) {
            fail("missing; expected " + member.type->expected());
            return in_member(member.name);
        }
        if (defaults_ != Defaults::there) {
            defaults_ = Defaults::missed;
            return fail("its default is needed");
        }
    }
    members_.shrink(from);
    return true;
}

} // namespace eventsourcing::detail

#endif
